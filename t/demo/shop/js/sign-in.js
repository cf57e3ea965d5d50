import { fill, find } from "./dom.js";
import { publishPageView, publishSignIn, publishSignOut } from "./events.js";
import { showLayout } from "./layout.js";
import { forgetShopper, readShopper, writeShopper } from "./store.js";

function show() {
    const shopper = readShopper();
    showLayout(shopper ? "Your account" : "Sign in");
    find(".guest").hidden = Boolean(shopper);
    find(".known").hidden = !shopper;
    fill(".known .name", shopper?.name ?? "");
}

find("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    writeShopper({ id: "C-1001", name: form.get("name"), email: form.get("email") });
    show();
    publishSignIn();
});

find(".sign-out").addEventListener("click", () => {
    publishSignOut();
    forgetShopper();
    show();
});

show();
publishPageView("Customer", "Account");
