// What shops write where a text, a number or a currency is expected, in many forms. What is none of them is undefined.

const LONGEST_TEXT = 100;

// Longer ones are looked at only so far: an address that is to be found must begin in what is kept.
const LONGEST_LOOKED_AT = 400;

// What programs write for nothing, and Google's own "(not set)".
const NO_TEXT = /^(?:undefined|null|NaN|\([^]*\))$/;

// Also as URLs and HTML have it. What it finds too much, as "5V@3.3A", is a text less; too little is an address told.
const EMAIL_ADDRESS = /[^\s](?:[@\uff20]|%(?:25)*40|&#0*64;)[^\s@]*\.[^\s]/i;

// Half of a character, as a text has it that was cut in its middle, cannot be encoded (Unicode D75).
const LONE_SURROGATE = /\p{Surrogate}/gu;

const SEPARATORS_AND_SIGNS = /[\s'\u2019$\u20ac\u00a3\u00a5]/g;
const CURRENCY_CODE = /^[a-z]{3}|[a-z]{3}$/i;
const PLAIN_NUMBER = /^-?\d+(?:\.\d+)?$/;
const GROUPS_BY_COMMA = /^-?\d{1,3}(?:,\d{3})+\.\d+$|^-?\d{1,3}(?:,\d{3}){2,}$/;
const GROUPS_BY_DOT = /^-?\d{1,3}(?:\.\d{3})+,\d+$|^-?\d{1,3}(?:\.\d{3}){2,}$/;
// "1,299" may be either, so it is neither.
const DECIMAL_COMMA = /^-?(?:\d+,(?:\d{1,2}|\d{4,})|\d{4,},\d{3})$/;

/** A text for an event, without what may be an e-mail address. */
export const textOf = (value) => {
    if (typeof value !== "string" && !Number.isFinite(value)) {
        return undefined;
    }
    const text = `${value}`.trim().slice(0, LONGEST_LOOKED_AT);
    if (text === "" || NO_TEXT.test(text) || EMAIL_ADDRESS.test(text)) {
        return undefined;
    }
    return text.slice(0, LONGEST_TEXT).replace(LONE_SURROGATE, "").trim() || undefined;
};

const numberInText = (text) => {
    const digits = text.replace(SEPARATORS_AND_SIGNS, "").replace(CURRENCY_CODE, "");
    if (PLAIN_NUMBER.test(digits)) {
        return Number(digits);
    }
    if (GROUPS_BY_COMMA.test(digits)) {
        return Number(digits.replace(/,/g, ""));
    }
    if (GROUPS_BY_DOT.test(digits)) {
        return Number(digits.replace(/\./g, "").replace(",", "."));
    }
    return DECIMAL_COMMA.test(digits) ? Number(digits.replace(",", ".")) : undefined;
};

/** A number, also one in a text, with a currency and separators of thousands. */
export const numberOf = (value) => {
    if (typeof value === "string") {
        return value.length <= LONGEST_TEXT ? numberInText(value) : undefined;
    }
    return Number.isFinite(value) ? value : undefined;
};

/** Rounds to cents, half up as people do: 1.005, which a computer has only nearly, is 1.01. */
export const inCents = (number) => Math.round(Number((number * 100).toPrecision(15))) / 100;

/** An amount of money, in cents. */
export const amountOf = (value) => {
    const number = numberOf(value);
    return number === undefined ? undefined : inCents(number);
};

/** A currency's code (ISO 4217). */
export const currencyOf = (value) => (
    typeof value === "string" && /^[a-z]{3}$/i.test(value.trim()) ? value.trim().toUpperCase() : undefined);
