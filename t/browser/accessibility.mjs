// What a page owes to those who do not see it, or see it badly. Both functions run in the page, and give what is wrong
// as lines for people.

/** Names, headings, tables, regions, and what must be reachable by keyboard. */
export function faultsOfStructure() {
    const faults = [];
    const all = (selector) => [...document.querySelectorAll(selector)].filter((each) => each.checkVisibility());
    const expect = (good, fault) => good || faults.push(fault);
    const shownAs = (each) => each.outerHTML.slice(0, 90);
    const nameOf = (each) => {
        const labels = (each.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean)
            .map((id) => document.getElementById(id)?.textContent ?? "");
        const own = each.matches("input, select") ? [...each.labels].map((label) => label.textContent) :
            [each.textContent];
        return (labels.length ? labels : [each.getAttribute("aria-label") ?? "", ...own]).join("").trim();
    };
    expect(document.documentElement.lang, "the page has no language");
    expect(document.title.trim(), "the page has no title");
    expect(document.querySelectorAll("main").length === 1, "there is not one main");
    expect(document.querySelectorAll("h1").length === 1, "there is not one h1");
    const levels = all("h1, h2, h3, h4, h5, h6").map((heading) => Number(heading.localName[1]));
    levels.forEach((level, index) => expect(level <= (levels[index - 1] ?? 0) + 1, `a heading skips to h${level}`));
    for (const each of all("a, button, input, select, summary, [role=region], [role=img], section, dialog")) {
        expect(nameOf(each), `no name: ${shownAs(each)}`);
    }
    for (const table of all("table")) {
        expect(table.caption?.textContent.trim(), `no caption: ${shownAs(table)}`);
        table.querySelectorAll("th").forEach((head) => expect(head.scope, `no scope: ${shownAs(head)}`));
    }
    for (const each of all("*")) {
        const isScroller = each.scrollWidth > each.clientWidth + 1 &&
            ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
        expect(!isScroller || each.tabIndex === 0, `scrolls, but not by keyboard: ${shownAs(each)}`);
    }
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    ids.filter((id, index) => ids.indexOf(id) !== index).forEach((id) => faults.push(`the ID ${id} is there twice`));
    return faults;
}

/** Text of less than 4.5 to 1 against what is behind it (WCAG 2.2, 1.4.3). */
export function faultsOfContrast() {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const light = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
    const luminance = ([red, green, blue]) =>
        0.2126 * light(red / 255) + 0.7152 * light(green / 255) + 0.0722 * light(blue / 255);
    const behind = (element) => {
        for (let each = element; each; each = each.parentElement) {
            const [red, green, blue, alpha = 1] = channels(getComputedStyle(each).backgroundColor);
            if (alpha === 1) return [red, green, blue];
        }
        return [255, 255, 255];
    };
    const faults = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const element = text.parentElement;
        if (!text.data.trim() || !element.checkVisibility() || element.closest("noscript, .unseen")) continue;
        const style = getComputedStyle(element);
        const front = channels(element.closest("svg") ? style.fill : style.color);
        const [less, more] = [luminance(front), luminance(behind(element))].sort((left, right) => left - right);
        const ratio = (more + 0.05) / (less + 0.05);
        if (ratio < 4.5) faults.add(`${ratio.toFixed(2)} to 1: ${element.outerHTML.slice(0, 90)}`);
    }
    return [...faults];
}
