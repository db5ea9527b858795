"""Regular expressions: patterns, matches, substitution, on strings and bytes."""

import re
print(re.match('a(b)?', 'ac'))
print(re.findall(r'(\w+)=(\d+)', 'a=1, bb=22'), re.sub(r'(\d)(\w)', r'\2-\1', '1a2b'), re.split('[,;]', 'a,b;c'))
print([m.group() for m in re.finditer('é+', 'aééb€é')])
p=re.compile(rb'(?P<x>a|b)+', re.I); m=p.search(b'xxABab')
print(p,m,m.groupdict(),m.lastgroup,m.regs,p.groupindex,p==re.compile(rb'(?P<x>a|b)+', re.I),hash(p)==hash(p))
print(re.sub('a', lambda m: m.group().upper(), 'banana', count=2), re.subn('x*','-','abxd'))
print(re.fullmatch('(?i:STRASSE)|x{2,}?','xxx'))
try: re.compile('(')
except re.error as e: print(e)
