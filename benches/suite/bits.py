"""Bit masks of 64 bits: shifts, xor, rotation. The values go past what a small integer holds."""

MASK = 0xFFFFFFFFFFFFFFFF


def run(n):
    state = 88172645463325252
    digest = 14695981039346656037
    for i in range(n):
        state ^= (state << 13) & MASK
        state ^= state >> 7
        state ^= (state << 17) & MASK
        digest ^= state & 0xFF
        digest = (digest * 1099511628211) & MASK
        digest = ((digest << 5) | (digest >> 59)) & MASK
        if digest & (1 << (i & 63)):
            digest = ~digest & MASK
    return digest


SIZE = 60000
EXPECTED = 15809514295993511898

if __name__ == "__main__":
    from measuring import main

    main("bits", run, SIZE, EXPECTED)
