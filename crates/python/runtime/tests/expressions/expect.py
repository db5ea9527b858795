"""Makes the tables: run with the reference, reads expressions from standard input, one a line."""
import sys
import warnings

warnings.simplefilter("ignore")
for line in sys.stdin:
    source = line.rstrip("\n")
    if not source or source.startswith("#"):
        print(source)
        continue
    source = source.split("  ->  ")[0]
    try:
        result = repr(eval(source))
    except BaseException as error:
        result = f"{type(error).__name__}: {error}"
    if "\n" in result or "\ud800" <= max(result) <= "\udfff":
        raise SystemExit(f"a result that does not fit a line of UTF-8: {source}")
    print(f"{source}  ->  {result}")
