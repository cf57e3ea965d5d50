import { categoryByKey, categoryUrl, formatPrice, productBySku, products } from "./catalog.js";
import { element, fill, find } from "./dom.js";
import { publishAddToCart, publishPageView, publishProductView } from "./events.js";
import { showCartCount, showLayout } from "./layout.js";
import { addToCart } from "./store.js";

const product = productBySku(new URLSearchParams(window.location.search).get("sku")) ?? products[0];
const category = categoryByKey(product.category);

function putIntoCart(event) {
    event.preventDefault();
    const quantity = Number(new FormData(event.target).get("quantity"));
    const cart = addToCart(product, quantity);
    showCartCount();
    fill(".added", "In your cart. ", element("a", { href: "/cart.html", textContent: "Go to cart" }));
    publishAddToCart(cart, { product, quantity });
}

showLayout(product.name);
find(".product img").src = `/images/${product.image}`;
fill(".product .back", element("a", { href: categoryUrl(category), textContent: category.name }));
fill(".product h1", product.name);
fill(".product .price", formatPrice(product.price));
fill(".product .text", product.text);
find(".product form").addEventListener("submit", putIntoCart);
publishPageView("Product", product.name);
publishProductView(product);
