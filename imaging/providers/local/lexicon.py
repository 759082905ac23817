"""The words that the drawing understands: products, scenes, colours, materials, moods."""

from __future__ import annotations

from imaging.providers.local.colour import Lch


def _index(groups: dict[str, str]) -> dict[str, str]:
    return {word: key for key, words in groups.items() for word in words.split()}


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


#: A word of commerce (singular) → the silhouette that stands for it.
PRODUCTS = _index(
    {
        "bag": "bag handbag purse tote satchel clutch luggage suitcase briefcase",
        "backpack": "backpack rucksack schoolbag",
        "sneaker": "sneaker shoe trainer footwear boot sandal loafer slipper juta",
        "heel": "heel stiletto pump",
        "perfume": "perfume fragrance cologne scent attar parfum",
        "bottle": "bottle wine beer juice oil shampoo lotion flask water serum sauce drink",
        "jar": "jar cream honey jam pickle moisturizer moisturiser cosmetic skincare spice",
        "watch": "watch smartwatch wristwatch chronograph",
        "chair": "chair armchair stool seat furniture",
        "sofa": "sofa couch settee loveseat",
        "lamp": "lamp lampshade lantern lighting",
        "mug": "mug cup coffee tea latte cappuccino chai espresso",
        "teapot": "teapot kettle pot",
        "shirt": "shirt tshirt tee kurta hoodie sweater jacket blouse jersey polo top clothing",
        "dress": "dress gown saree sari lehenga skirt frock kurti",
        "headphones": "headphone headphones headset earphone earphones earbud earbuds",
        "phone": "phone smartphone iphone mobile tablet cellphone",
        "laptop": "laptop notebook computer macbook monitor",
        "camera": "camera lens dslr",
        "plant": "plant houseplant monstera succulent cactus fern bonsai potted",
        "vase": "vase pottery ceramic urn amphora",
        "ring": "ring jewelry jewellery diamond engagement bangle necklace earring bracelet",
        "book": "book novel diary journal magazine textbook",
        "cake": "cake cupcake pastry dessert bakery birthday sweets mithai",
        "candle": "candle diya wax",
        "hat": "hat cap fedora beanie",
        "sunglasses": "sunglasses glasses eyewear spectacles goggles shades",
        "gift": "gift present parcel giftbox hamper box package",
        "bowl": "bowl salad soup noodles curry biryani ramen food meal rice",
        "fruit": "apple mango peach oranges fruit lemon tomato pear",
    }
)

#: A word of place or style → the family of composition.
SCENES = _index(
    {
        "landscape": "landscape mountain hill valley sunset sunrise dusk dawn horizon "
        "sky desert dune "
        "sea ocean beach lake river coast island wave forest jungle tree pine field meadow "
        "night moon star cloud snow himalaya nature scenery travel village canyon volcano",
        "botanical": "botanical flower leaf floral bouquet garden rose lotus tulip "
        "bloom blossom herb "
        "olive eucalyptus petal jasmine marigold wreath foliage spring mint",
        "still_life": "still sculpture shape sphere cube cone vessel arrangement object kitchen "
        "breakfast interior",
        "poster": "poster abstract pattern geometric bauhaus retro logo banner wallpaper graphic "
        "music festival sale discount typography minimal background texture",
    }
)

#: Products that other words may override: "Apple watch" is a watch.
WEAK_PRODUCTS = frozenset({"fruit"})

#: A colour or material → OKLCH.
COLOURS = {
    "red": Lch(0.56, 0.21, 27),
    "crimson": Lch(0.50, 0.19, 20),
    "maroon": Lch(0.38, 0.13, 22),
    "burgundy": Lch(0.38, 0.13, 12),
    "coral": Lch(0.70, 0.16, 30),
    "orange": Lch(0.70, 0.18, 52),
    "terracotta": Lch(0.60, 0.13, 42),
    "rust": Lch(0.53, 0.14, 42),
    "peach": Lch(0.83, 0.09, 55),
    "saffron": Lch(0.77, 0.17, 70),
    "amber": Lch(0.76, 0.16, 75),
    "mustard": Lch(0.74, 0.14, 88),
    "yellow": Lch(0.87, 0.17, 97),
    "gold": Lch(0.76, 0.12, 85),
    "golden": Lch(0.76, 0.12, 85),
    "olive": Lch(0.55, 0.10, 112),
    "lime": Lch(0.82, 0.20, 125),
    "green": Lch(0.58, 0.16, 146),
    "emerald": Lch(0.55, 0.14, 160),
    "mint": Lch(0.87, 0.08, 165),
    "sage": Lch(0.70, 0.05, 140),
    "teal": Lch(0.54, 0.10, 195),
    "turquoise": Lch(0.74, 0.12, 190),
    "cyan": Lch(0.78, 0.13, 210),
    "blue": Lch(0.54, 0.18, 258),
    "navy": Lch(0.34, 0.11, 262),
    "indigo": Lch(0.42, 0.18, 278),
    "denim": Lch(0.48, 0.10, 255),
    "purple": Lch(0.50, 0.20, 305),
    "violet": Lch(0.54, 0.20, 295),
    "lavender": Lch(0.80, 0.08, 300),
    "lilac": Lch(0.80, 0.08, 310),
    "magenta": Lch(0.60, 0.24, 335),
    "pink": Lch(0.77, 0.14, 355),
    "brown": Lch(0.45, 0.09, 52),
    "chocolate": Lch(0.38, 0.07, 48),
    "tan": Lch(0.70, 0.08, 68),
    "camel": Lch(0.68, 0.09, 68),
    "beige": Lch(0.88, 0.035, 80),
    "cream": Lch(0.93, 0.03, 90),
    "ivory": Lch(0.95, 0.02, 95),
    "white": Lch(0.97, 0.004, 90),
    "silver": Lch(0.80, 0.008, 250),
    "grey": Lch(0.62, 0.008, 250),
    "gray": Lch(0.62, 0.008, 250),
    "charcoal": Lch(0.34, 0.012, 260),
    "black": Lch(0.24, 0.012, 270),
}

MATERIALS = {
    "leather": Lch(0.52, 0.10, 52),
    "wood": Lch(0.60, 0.09, 62),
    "wooden": Lch(0.60, 0.09, 62),
    "oak": Lch(0.68, 0.08, 72),
    "walnut": Lch(0.45, 0.07, 55),
    "bamboo": Lch(0.78, 0.09, 92),
    "copper": Lch(0.63, 0.12, 48),
    "brass": Lch(0.72, 0.11, 85),
    "marble": Lch(0.94, 0.006, 240),
    "concrete": Lch(0.74, 0.008, 90),
    "steel": Lch(0.76, 0.01, 245),
    "jute": Lch(0.74, 0.07, 78),
    "clay": Lch(0.60, 0.11, 44),
    "wine": Lch(0.38, 0.13, 12),
    "honey": Lch(0.74, 0.15, 75),
    "mango": Lch(0.79, 0.16, 72),
    "lemon": Lch(0.88, 0.17, 100),
    "tomato": Lch(0.58, 0.20, 30),
    "pear": Lch(0.78, 0.14, 115),
    "diamond": Lch(0.88, 0.04, 220),
    "sand": Lch(0.86, 0.05, 82),
}

#: A word before a colour → its step in lightness and the factor of its chroma.
SHADES = {
    "dark": (-0.14, 0.9),
    "deep": (-0.10, 1.05),
    "light": (0.14, 0.7),
    "pale": (0.18, 0.5),
    "pastel": (0.16, 0.55),
    "bright": (0.04, 1.2),
    "neon": (0.08, 1.4),
    "rose": (0.02, 1.0),
}

GROUND_WORDS = word_set(
    "background backdrop wall surface table tabletop floor studio plinth podium sky"
)
DARK_WORDS = word_set(
    "dark night moody black noir midnight dramatic mysterious diwali candlelight neon"
)
#: Words about the picture, not about what is on it; a caption leaves them out.
PICTURE_WORDS = word_set("image photo photograph picture illustration render rendering")
