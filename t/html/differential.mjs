// Compares the head finder with parse5: for every document of the corpus the tree with the tag must differ
// from the original's by exactly that element.
//
//   node differential.mjs <program> [documents by chance] [seed]
//
// <program> is place_of_tag.cpp, built.

import { corpus } from "./corpus.mjs";
import { objectionToEnd } from "./end_expectations.mjs";
import { objection } from "./expectations.mjs";
import { findPlaces } from "./finder.mjs";

const BATCH = 20000;
const MOST_REPORTS = 20;

const [program, count = "20000", seed = "1"] = process.argv.slice(2);
if (!program) {
    console.error("usage: node differential.mjs <program> [documents by chance] [seed]");
    process.exit(2);
}

const verdicts = {};
let failures = 0;

async function check(documents) {
    const answers = await findPlaces(program, documents);
    documents.forEach((document, index) => {
        const answer = answers[index];
        verdicts[answer.verdict] = (verdicts[answer.verdict] ?? 0) + 1;
        const judge = document.place === "end" ? objectionToEnd : objection;
        const wrong = answer.verdict === "cut" ? "the answer depends on the cut" : judge(document, answer);
        if (wrong && ++failures <= MOST_REPORTS) {
            console.error(`${wrong}: ${answer.verdict} ${answer.position}, charset ${document.charset}, ${document.place}`);
            console.error(`  ${JSON.stringify(document.bytes)}`);
        }
    });
}

let batch = [];
for (const bytes of corpus(Number(seed), Number(count))) {
    for (const place of ["start", "end"]) {
        batch.push({ bytes, charset: "known", place }, { bytes, charset: "unknown", place });
    }
    if (batch.length >= BATCH) {
        await check(batch);
        batch = [];
    }
}
await check(batch);

const total = Object.values(verdicts).reduce((sum, n) => sum + n, 0);
console.log(`${total} documents (seed ${seed}): ${JSON.stringify(verdicts)}, ${failures} wrong`);
process.exit(failures === 0 ? 0 : 1);
