// The form that checks the connection to Edge.

import { badge, byId, element } from "./elements.js";
import { askWithToken } from "./requests.js";

const checked = ({ website, host, ok, text }) => element("li", {},
    badge(ok ? "ok" : "error", ok ? "OK" : "Error"),
    element("div", {}, element("p", {}, element("strong", {}, website), ` (${host}) ${text}`)));

export const startCheck = () => {
    const form = byId("check-form");
    if (!form) return;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const [button] = form.getElementsByTagName("button");
        button.disabled = true;
        byId("check-result").replaceChildren("Asking Edge …");
        try {
            const { checks } = await (await askWithToken("?action=check", "POST")).json();
            byId("check-result").replaceChildren(checks.length === 0 ? "There is no website to check." :
                element("ul", { class: "sentences" }, ...checks.map(checked)));
        } catch (error) {
            byId("check-result").replaceChildren(badge("error", "Error"), ` ${error.message}`);
        }
        button.disabled = false;
    });
};
