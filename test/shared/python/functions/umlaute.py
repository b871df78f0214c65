def umlaute(größe: int, naïve: str = "é 🎉", データ: str = "日本", ﬁle: str = "ligature", *, λ: float = 0.1, Ωmega: bool = False):
    """Größe und Länge."""
    ergebnis_ä = größe
    return ergebnis_ä
