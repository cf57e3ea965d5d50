/** Rollup only warns where a name or an import is missing, and in other cases that we do not want to ship. */
export const failOnWarning = (warning) => {
    throw new Error(warning.message);
};
