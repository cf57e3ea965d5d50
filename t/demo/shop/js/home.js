import { products } from "./catalog.js";
import { fill } from "./dom.js";
import { publishPageView } from "./events.js";
import { productCard, showLayout } from "./layout.js";

showLayout();
fill(".hero h1", window.shopWebsite.tagline);
fill(".grid", ...products.map(productCard));
publishPageView("CMS", "Home");
