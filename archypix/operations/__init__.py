"""Operations: the log of what people changed and its undoing, and what acts on whole selections."""
