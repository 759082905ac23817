"""Forty invented companies, and invented people who work there."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase, digits

from billing.gst import is_gstin

#: Name, city, state code; no company of these names is known to us.
_COMPANIES = """
Aravalli Threadworks|Jaipur|08
Banyan & Brass|Moradabad|09
Chandrika Home|Pune|27
Dakshin Looms|Coimbatore|33
Ekayana Foods|Indore|23
Firozi Ceramics|Khurja|09
Godavari Grocers|Nashik|27
Himrekha Outfitters|Shimla|02
Indigo Haveli|Udaipur|08
Jamuni Beauty|Lucknow|09
Kaveri Kitchenware|Mysuru|29
Lotus Lane Retail|Kolkata|19
Malabar Spice Route|Kozhikode|32
Neelgagan Leaf|Ooty|33
Oorjita Electronics|Noida|09
Peepal Press|New Delhi|07
Qila Footwear|Agra|09
Rann Handicrafts|Bhuj|24
Sundarvan Honey|Kolkata|19
Tamarind Toys|Channapatna|29
Udaan Cycles|Ludhiana|03
Vaigai Silks|Madurai|33
Wularshore Woollens|Srinagar|01
Xaveri Ornaments|Surat|24
Yamunotri Stationers|Dehradun|05
Zari & Zephyr|Varanasi|09
Amaltas Decor|Chandigarh|04
Bhoomija Organics|Nagpur|27
Chinarbagh Carpets|Srinagar|01
Dharavat Dairy|Anand|24
Gangatiri Gadgets|Patna|10
Hampi Stoneware|Ballari|29
Jaisal Leather|Kanpur|09
Konkan Catch|Panaji|30
Lehariya Swimwear|Mumbai|27
Mayurpankh Prints|Ahmedabad|24
Narmadika Naturals|Bhopal|23
Pallavika Sarees|Hyderabad|36
Satpuda Sports|Meerut|09
Teestadhara Teas|Siliguri|19
""".strip()
_PEOPLE = """
Aarti Bose, Ashok Naidu, Bhavna Gill, Chetan Kulkarni, Deepa Menon, Eshan Dutta, Farah Qureshi,
Gaurav Saxena, Hema Raghavan, Ishaan Talwar, Jyoti Rawat, Karthik Iyengar, Leela Thomas,
Manish Chopra, Nandini Ghosh, Omkar Patil, Pooja Sethi, Rahul Bhatt, Sana Mirza, Tarun Joshi,
Uma Krishnan, Varun Oberoi, Wasim Akhtar, Yamini Reddy, Zoya Khan
"""
PEOPLE = [name.strip() for name in _PEOPLE.replace("\n", " ").split(",")]


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    city: str
    state_code: str

    @property
    def domain(self) -> str:
        label = "".join(letter for letter in self.name.lower() if letter.isalpha())
        return f"{label}.example"

    @property
    def gstin(self) -> str:
        """A number of the right form that no authority has given."""
        letters = [letter for letter in self.name.upper() if letter in ascii_uppercase]
        pan = f"{''.join(letters[:3])}C{letters[3]}{len(self.name):04}{letters[4]}"
        stem = f"{self.state_code}{pan}1Z"
        return next(stem + last for last in digits + ascii_uppercase if is_gstin(stem + last))


COMPANIES = [Company(*line.split("|")) for line in _COMPANIES.splitlines()]
