from enum import Enum, IntEnum

Animal = Enum("Animal", "CAT DOG")
Plant = Enum("Plants", ["TREE", "MOSS"])
Rank = IntEnum("Rank", [("LOW", 1), ("HIGH", 5)])
Case = Enum("Case", {"UPPER": "u", "LOWER": "l"}, module=__name__)


def functional_enum(animal: Animal, plant: Plant = Plant.MOSS, rank: Rank = Rank.LOW, case: "Case | None" = None):
    return animal
