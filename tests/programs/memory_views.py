"""memoryview: items, slices, casts, releases, and who takes it for bytes."""

import array
b=bytearray(b'abcdef'); m=memoryview(b)
print(m[0], m[-1], bytes(m[1:4]), m[::2].tolist(), len(m), m.nbytes, m.readonly, m.format, m.itemsize, m.ndim, m.shape, m.strides, m.suboffsets, m.contiguous, m.obj is b)
m[0]=120; m[1:3]=b'yz'; print(b)
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
t(lambda: b.append(1)); t(lambda: m[10]); t(lambda: m['a']); t(lambda: m.__setitem__(0,300)); t(lambda: m.__setitem__(0,'a')); t(lambda: m.__setitem__(slice(0,2),b'abc')); t(lambda: m.__delitem__(0))
t(lambda: hash(m)); print(hash(memoryview(b'abc'))==hash(b'abc')); t(lambda: memoryview(5)); t(lambda: memoryview(b'a').__setitem__(0,1))
m.release(); b.append(1); print(b); t(lambda: m[0]); print(repr(m).split(' at')[0]); t(lambda: m==m); t(lambda: bytes(m)); t(lambda: len(m))
a=array.array('i',[1,2,3]); am=memoryview(a); print(am.tolist(), am.format, am.itemsize, am==a, am==array.array('l',[1,2,3]), am.cast('B').tolist())
t(lambda: a.append(4)); am[1]=50; print(a)
c=memoryview(bytes(range(12))).cast('B',[3,4]); print(c.tolist(), c[1,2], c.shape, c.strides, c.ndim, c.tobytes('F'), c[1:].tolist()); t(lambda: c[0]); t(lambda: c[5,5]); t(lambda: c[0:1,0:1])
f=memoryview(bytearray(8)).cast('d'); f[0]=1.5; print(f.tolist(), f.cast('B').hex(' ')); t(lambda: f.cast('i')); t(lambda: f.cast('z')); t(lambda: memoryview(b'abc').cast('h'))
with memoryview(b'xyz') as v: print(v==b'xyz', b'xyz'==v, v!=b'xy', list(v), 121 in v, v.index(122), v.count(120), v.toreadonly().readonly, bytes(v), b''.join([v, v]), b'a'+v)
t(lambda: v[0]); print(memoryview(memoryview(b'ab')).obj, memoryview(b'ab')==memoryview(b'ab')[:])
import struct; bb=bytearray(8); struct.pack_into('<I',memoryview(bb)[2:6],0,0xdeadbeef); print(bb, struct.unpack_from('<I',memoryview(bb),2))
import re; print(re.findall(b'a.', memoryview(b'abacad')), int.from_bytes(memoryview(b'\x01\x02'),'big'), memoryview(b'abc').tobytes(), str(memoryview(b'abc'),'ascii'), bytearray(memoryview(b'q')), isinstance(m, memoryview), reversed(memoryview(b'ab')).__next__())
match memoryview(b'ab'):
    case [x,y]: print(x,y)
t(lambda: type('X',(memoryview,),{}))
class E:
    def __buffer__(self, flags): return memoryview(b'zz')
print(bytes(memoryview(E())))
