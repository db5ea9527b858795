"""Which of some names was probably meant: what the module behind the hints of tracebacks answers."""

import _suggestions as s
g=s._generate_suggestions
def t(*a):
    try: print(g(*a))
    except Exception as e: print(type(e).__name__, e)
import keyword
for w in ['of','fro','imprt','elss','whille','Tru','noen','classe','x'*50,'','lambad','FOR','rturn']:
    t(keyword.kwlist,w)
t(('a',),'b'); t(['a',1],'b'); t(['a'],1); t([], 'a'); t(['abc']*800,'abd'); t(['abc','abd'],'abc'); t(['é','e'],'ê'); t(['naïve'],'naive'); t(['x'*41],'x'*40+'y'); t(['Abc','abx'],'abc')
