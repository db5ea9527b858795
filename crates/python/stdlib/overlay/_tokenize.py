"""The tokenizer below `tokenize`: not there yet."""


class TokenizerIter:
    """Says that it is not there."""

    def __init__(self, readline, *, encoding=None, extra_tokens=False):
        raise NotImplementedError("tokenizing Python source is not supported yet")
