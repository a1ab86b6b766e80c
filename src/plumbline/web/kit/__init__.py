"""What all pages share: who may open them, forms and drafts, lists, words, and the frame around them."""
