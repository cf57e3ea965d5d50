import { categories, categoryByKey, products } from "./catalog.js";
import { fill } from "./dom.js";
import { publishPageView } from "./events.js";
import { productCard, showLayout } from "./layout.js";

const category = categoryByKey(new URLSearchParams(window.location.search).get("key")) ?? categories[0];

showLayout(category.name);
fill("main h1", category.name);
fill(".grid", ...products.filter((product) => product.category === category.key).map(productCard));
publishPageView("Category", category.name);
