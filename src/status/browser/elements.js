// Elements of the page, and how numbers and times stand in it.

export const byId = (id) => document.getElementById(id);

/** An element of HTML: attributes with the value false are left out, functions listen to clicks. */
export const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === "function") made.addEventListener("click", value);
        else if (value !== false) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
};

export const badge = (state, label) => element("span", { class: `badge ${state}` }, label);

export const written = (number) => number.toLocaleString("en");
export const counted = (number, one, many) => `${written(number)} ${number === 1 ? one : many}`;

export const byteSize = (bytes) => (bytes < 1024 ? `${bytes} bytes` : `${written(Math.round(bytes / 1024))} KB`);

const two = (number) => String(number).padStart(2, "0");
export const clockOf = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** In the time zone of who reads it; the day only where it is another than today. */
export const localTime = (date) => {
    const time = `${clockOf(date)}:${two(date.getSeconds())}`;
    const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
    return date.toDateString() === new Date().toDateString() ? time : `${day} ${time}`;
};

export const localize = (part) => {
    for (const time of part.querySelectorAll("time")) {
        const date = new Date(time.dateTime);
        time.title = time.dateTime;
        time.textContent = time.closest("#history") ? clockOf(date) : localTime(date);
    }
};
