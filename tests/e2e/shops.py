"""Built sites of all kinds, served for a browser."""

from __future__ import annotations

from http.server import SimpleHTTPRequestHandler

from tests.deployments.built_shops import make_build_input

#: What hides a part of its content, but for texts meant to be: long names, the scrolled menu.
CUT = """() => [...document.querySelectorAll("body *")].filter((node) => node.checkVisibility()
  && !node.matches(".unseen, .skip, .menu, .brand-name, .message") && node.clientHeight > 1
  && getComputedStyle(node).overflow !== "visible"
  && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1))
  .map((node) => node.outerHTML.slice(0, 90))"""
POLICY = "default-src 'self'; img-src 'self' data:"
SHOPS = {
    "nova": make_build_input(),
    "hindi": make_build_input("सूर्योदय हस्तशिल्प", "Home & Furniture", "Kitchen & Dining",
                              "Art & Crafts", language="hi"),
    "assamese": make_build_input("নতুন দোকান", "Footwear", "Beauty & Skincare", language="as"),
    "toys": make_build_input("W" * 120, "Toys & Games", "Baby & Kids", "Pet Supplies",
                             "Books & Stationery", "Food & Beverages"),
    "tech": make_build_input("سوق الكهرباء", "Electronics & Gadgets"),
    "trail": make_build_input("<script>alert(1)</script>", "Outdoor & Camping"),
    "luxe": make_build_input("Aurelia & Co", "Jewelry & Watches"),
    "calm": make_build_input("Calm", "Beauty & Skincare"),
    "fresh": make_build_input("தமிழ் சுவை", "Food & Beverages"),
}  # fmt: skip
#: Addresses, and what is there once the page has all that it shows.
ADDRESSES = {
    "/": "h1",
    "/shop/": ".sorting",
    "/cart/": ".line",
    "/checkout/": ".message",
    "/about/": "h1",
    "/contact/": "h1",
    "/policies/returns/": "h1",
    "/404.html": "h1",
}
#: Pages of text, of which shops with other goods show the same: two shops are enough.
TEXTS = {"/about/", "/contact/", "/policies/returns/", "/404.html"}


class ShopHandler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """The test's own output is enough."""
