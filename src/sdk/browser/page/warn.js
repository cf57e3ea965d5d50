/** Tells the shop's developers what is wrong, once for each call. */
export const warn = (text) => {
    window.console?.warn?.(`ngx_aep: ${text}`);
};
