"""How much: a book of public prices, and what the resources of a stack cost in a month by it. Pure but for its loaders.

`estimate(resources, basis, free)` finds each resource's function in pricers.py, which yields lines: quantity times unit
price, with the assumption and the source. Quantities come from the inputs, from the season plan of the month
(seasonal_use.py) and, where nothing else says them, from usage.yaml; prices from price_book/, by AWS region. What costs
nothing of its own is in free.yaml with the reason; what is in neither is named as unpriced. Free allowances are left
out.
"""
