//! Text to trace.

use std::collections::HashSet;
use std::fmt;

use pv_machine::{ArrayInfo, FieldInfo, HelperInfo};
use pv_word::Word;
use smallvec::SmallVec;

use super::HEADER;
use super::lex::{Token, tokens};
use crate::inst::{Imm, Inst};
use crate::ops::{ImmKind, Op};
use crate::refs::{BlockRef, SnapRef, TraceId, ValueRef, VirtualRef};
use crate::snapshot::{DelayedStore, Place, ResumeKind, SlotVal, Snapshot, VirtualDesc};
use crate::trace::{Block, Const, EntryKind, Jump, Terminator, Trace, Type, ValueDef};

/// What names in a text stand for.
#[derive(Clone, Debug, Default)]
pub struct Descriptors {
    /// Fields by name.
    pub fields: Vec<&'static FieldInfo>,
    /// Arrays by name.
    pub arrays: Vec<&'static ArrayInfo>,
    /// Helpers by name.
    pub helpers: Vec<&'static HelperInfo>,
    /// Objects (`@"label"`).
    pub objects: Vec<(String, Word)>,
    /// Labelled raw words (`&"label"`).
    pub addrs: Vec<(String, u64)>,
    /// Handles of codes by label; a snapshot of a label that is not listed gets the handle 0.
    pub codes: Vec<(String, u64)>,
}

/// Where and why a text is not a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

type Parsed<T> = Result<T, String>;

/// Reads a trace. The result fits the op table; whether it is well formed as a whole is the verifier's business.
pub fn parse(text: &str, names: &Descriptors) -> Result<Trace, ParseError> {
    let parser = Parser {
        names,
        trace: Trace::new(TraceId(0), EntryKind::Header, ""),
        defs: Vec::new(),
        named: HashSet::new(),
        next_free: 0,
        tokens: Vec::new(),
        at: 0,
    };
    let mut line_number = 0;
    parser.file(text, &mut line_number).map_err(|message| ParseError { line: line_number, message })
}

struct Parser<'a> {
    names: &'a Descriptors,
    trace: Trace,
    /// Values met so far, by number; the trace's tables are filled from it at the end.
    defs: Vec<Option<(ValueDef, Type)>>,
    /// Numbers that the text gives to a value itself.
    named: HashSet<u32>,
    next_free: u32,
    tokens: Vec<Token>,
    at: usize,
}

impl Parser<'_> {
    fn file(mut self, text: &str, line_number: &mut usize) -> Parsed<Trace> {
        let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        let header = lines.next().map(|(_, line)| line.trim());
        *line_number = 1;
        if header != Some(HEADER) {
            return Err(format!("expected the line `{HEADER}`"));
        }
        self.collect_names(text)?;
        for (index, line) in lines {
            *line_number = index + 1;
            self.tokens = tokens(line)?;
            self.at = 0;
            if !self.tokens.is_empty() {
                self.line()?;
                self.end_of_line()?;
            }
        }
        *line_number = 0;
        self.finish()
    }

    /// Finds every `vN:` so that unnamed values and constants can take the numbers left over.
    fn collect_names(&mut self, text: &str) -> Parsed<()> {
        for line in text.lines().skip(1) {
            for pair in tokens(line)?.windows(2) {
                let number = index_of(pair.first(), 'v').filter(|_| pair[1] == Token::Punct(':'));
                if number.is_some_and(|number| !self.named.insert(number)) {
                    return Err(format!("{:?} is defined twice", pair[0]));
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Parsed<Trace> {
        for (index, def) in self.defs.into_iter().enumerate() {
            // A number that the text skips: a constant that nothing uses.
            let (def, ty) = def.unwrap_or((ValueDef::Const(Const::Bool(false)), Type::Bool));
            debug_assert_eq!(self.trace.values.len(), index);
            self.trace.push_value(def, ty);
        }
        for block in self.trace.block_refs() {
            for &value in &self.trace.block(block).insts {
                if let Some(inst) = self.trace.inst(value) {
                    self.trace
                        .check_inst(inst)
                        .map_err(|fault| format!("`{}`: {fault}", self.trace.display_inst(value)))?;
                    if self.trace.result_type(inst) != self.trace.ty(value) {
                        return Err(format!("`{}`: wrong result type", self.trace.display_inst(value)));
                    }
                }
            }
        }
        Ok(self.trace)
    }

    // -- Lines -------------------------------------------------------------------------------------------------

    fn line(&mut self) -> Parsed<()> {
        let defines_block = matches!(self.tokens.get(1), Some(Token::Punct('(' | ':')));
        let first = self.tokens.first().cloned();
        let first = first.as_ref();
        match first {
            Some(Token::Name(name)) if name == "trace" => self.trace_line(),
            _ if index_of(first, 'b').is_some() && defines_block => self.block_line(),
            _ if index_of(first, 's').is_some() => self.snapshot_line(),
            _ if index_of(first, 'o').is_some() => self.virtual_line(),
            Some(Token::Name(name)) if matches!(name.as_str(), "jump" | "branch" | "exit" | "link") => {
                self.terminator_line()
            }
            _ => self.inst_line(),
        }
    }

    fn trace_line(&mut self) -> Parsed<()> {
        self.at += 1;
        self.trace.id = TraceId(self.index('t')?);
        self.trace.kind = match self.name()?.as_str() {
            "header" => EntryKind::Header,
            "entry" => EntryKind::Entry,
            "bridge" => EntryKind::Bridge,
            other => return Err(format!("`{other}` is no kind of entry")),
        };
        self.trace.name = self.string()?;
        Ok(())
    }

    fn block_line(&mut self) -> Parsed<()> {
        let block = BlockRef(self.index('b')?);
        if block.index() != self.trace.blocks.len() {
            return Err(format!("{block} out of order"));
        }
        let mut params = Vec::new();
        if self.accept('(') {
            while !self.accept(')') {
                let value = ValueRef(self.index('v')?);
                self.expect(':')?;
                let ty = self.ty()?;
                self.define(value, ValueDef::Param { block, index: params.len() as u32 }, ty);
                params.push(value);
                self.accept(',');
            }
        }
        self.expect(':')?;
        self.trace.blocks.push(Block { params, insts: Vec::new(), terminator: None });
        Ok(())
    }

    fn inst_line(&mut self) -> Parsed<()> {
        let named = match (self.peek_index('v'), self.tokens.get(1)) {
            (Some(number), Some(Token::Punct(':'))) => {
                self.at += 2;
                let ty = self.ty()?;
                self.expect('=')?;
                Some((ValueRef(number), ty))
            }
            _ => None,
        };
        let mnemonic = self.name()?;
        let op = Op::from_mnemonic(&mnemonic).ok_or_else(|| format!("`{mnemonic}` is no op"))?;
        let imm = self.imm(op.info().imm)?;
        let mut args = SmallVec::new();
        while !self.at_end() && !self.at_punct('?') {
            args.push(self.operand()?);
            self.accept(',');
        }
        let snapshot = if self.accept('?') { Some(SnapRef(self.index('s')?)) } else { None };
        let def = ValueDef::Inst(Inst { op, args, imm, snapshot });
        let value = match named {
            Some((value, ty)) => {
                self.define(value, def, ty);
                value
            }
            None => self.define_unnamed(def, Type::Unit),
        };
        self.last_block()?.insts.push(value);
        Ok(())
    }

    fn terminator_line(&mut self) -> Parsed<()> {
        let terminator = match self.name()?.as_str() {
            "jump" => Terminator::Jump(self.jump()?),
            "branch" => {
                let cond = self.operand()?;
                self.expect(',')?;
                let then = self.jump()?;
                self.expect(',')?;
                Terminator::Branch { cond, then, otherwise: self.jump()? }
            }
            "exit" => Terminator::Exit(SnapRef(self.index('s')?)),
            _ => {
                let trace = TraceId(self.index('t')?);
                self.expect(',')?;
                Terminator::Link { trace, snapshot: SnapRef(self.index('s')?) }
            }
        };
        match self.last_block()?.terminator.replace(terminator) {
            None => Ok(()),
            Some(_) => Err("the block has ended already".to_string()),
        }
    }

    fn snapshot_line(&mut self) -> Parsed<()> {
        let name = SnapRef(self.index('s')?);
        if name.index() != self.trace.snapshots.len() {
            return Err(format!("{name} out of order"));
        }
        self.expect('=')?;
        let kind = match self.name()?.as_str() {
            "before" => ResumeKind::Before,
            "after" => ResumeKind::After,
            "raising" => ResumeKind::Raising,
            other => return Err(format!("`{other}` is no resume point")),
        };
        let pc = self.number::<u32>()?;
        let label = self.string()?;
        let code = lookup(&self.names.codes, &label).unwrap_or(0);
        let mut snapshot = Snapshot::new(kind, pc, code, label);
        self.keyword("base")?;
        snapshot.base = self.number()?;
        self.keyword("depth")?;
        snapshot.depth = self.number()?;
        self.expect('{')?;
        while !self.accept('}') {
            self.snapshot_item(&mut snapshot)?;
            self.accept(',');
        }
        self.trace.push_snapshot(snapshot);
        Ok(())
    }

    fn snapshot_item(&mut self, snapshot: &mut Snapshot) -> Parsed<()> {
        if matches!(self.tokens.get(self.at), Some(Token::Number(_))) {
            let slot = self.number()?;
            self.expect('=')?;
            let value = self.slot_value()?;
            snapshot.slots.push((slot, value));
            return Ok(());
        }
        if matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name == "drop") {
            self.at += 1;
            let value = self.operand()?;
            snapshot.drops.push(value);
            return Ok(());
        }
        let object = self.operand()?;
        self.expect('.')?;
        let place = self.place()?;
        self.expect('=')?;
        let value = self.slot_value()?;
        snapshot.stores.push(DelayedStore { object, place, value });
        Ok(())
    }

    fn virtual_line(&mut self) -> Parsed<()> {
        let name = VirtualRef(self.index('o')?);
        if name.index() != self.trace.virtuals.len() {
            return Err(format!("{name} out of order"));
        }
        self.expect('=')?;
        self.keyword("virtual")?;
        let size = self.number()?;
        self.expect(',')?;
        let header = self.bits()?;
        self.expect(',')?;
        let kind = self.operand()?;
        self.expect('{')?;
        let mut fields = Vec::new();
        while !self.accept('}') {
            let place = self.place()?;
            self.expect('=')?;
            fields.push((place, self.slot_value()?));
            self.accept(',');
        }
        self.trace.push_virtual(VirtualDesc { size, header, kind, fields });
        Ok(())
    }

    // -- Parts of lines ----------------------------------------------------------------------------------------

    fn imm(&mut self, kind: ImmKind) -> Parsed<Imm> {
        if kind == ImmKind::None {
            return Ok(Imm::None);
        }
        self.expect('[')?;
        let imm = match kind {
            ImmKind::None => Imm::None,
            ImmKind::Slot => Imm::Slot(self.number()?),
            ImmKind::Room => {
                let slots = self.number()?;
                self.expect(',')?;
                Imm::Room { slots, frames: self.number()? }
            }
            ImmKind::Field => Imm::Field(self.field()?),
            ImmKind::Array => Imm::Array(self.array()?),
            ImmKind::New => {
                let size = self.number()?;
                self.expect(',')?;
                Imm::New { size, header: self.bits()? }
            }
            ImmKind::Call => self.callee()?,
        };
        self.expect(']')?;
        Ok(imm)
    }

    fn callee(&mut self) -> Parsed<Imm> {
        let name = self.name()?;
        let found = self.names.helpers.iter().find(|helper| helper.name == name);
        let helper = found.copied().ok_or_else(|| format!("no helper `{name}`"))?;
        if !self.accept(',') {
            return Ok(Imm::Helper(helper));
        }
        let first = self.number()?;
        self.expect('+')?;
        Ok(Imm::Window { helper, first, count: self.number()? })
    }

    fn field(&mut self) -> Parsed<&'static FieldInfo> {
        let name = self.name()?;
        let found = self.names.fields.iter().find(|field| field.name == name);
        found.copied().ok_or_else(|| format!("no field `{name}`"))
    }

    fn array(&mut self) -> Parsed<&'static ArrayInfo> {
        let name = self.name()?;
        let found = self.names.arrays.iter().find(|array| array.name == name);
        found.copied().ok_or_else(|| format!("no array `{name}`"))
    }

    fn place(&mut self) -> Parsed<Place> {
        if !matches!(self.tokens.get(self.at + 1), Some(Token::Punct('['))) {
            return Ok(Place::Field(self.field()?));
        }
        let array = self.array()?;
        self.expect('[')?;
        let index = self.number()?;
        self.expect(']')?;
        Ok(Place::Elem(array, index))
    }

    fn slot_value(&mut self) -> Parsed<SlotVal> {
        match self.tokens.get(self.at) {
            Some(Token::Name(name)) if name == "acquire" => {
                self.at += 1;
                Ok(SlotVal::Acquire(self.operand()?))
            }
            Some(Token::Name(name)) if name == "virtual" => {
                self.at += 1;
                Ok(SlotVal::Virtual(VirtualRef(self.index('o')?)))
            }
            _ => Ok(SlotVal::Value(self.operand()?)),
        }
    }

    fn jump(&mut self) -> Parsed<Jump> {
        let block = BlockRef(self.index('b')?);
        let mut args = SmallVec::new();
        if self.accept('(') {
            while !self.accept(')') {
                args.push(self.operand()?);
                self.accept(',');
            }
        }
        Ok(Jump { block, args })
    }

    fn operand(&mut self) -> Parsed<ValueRef> {
        if let Some(number) = self.peek_index('v') {
            self.at += 1;
            return if self.named.contains(&number) {
                Ok(ValueRef(number))
            } else {
                Err(format!("v{number} is not defined"))
            };
        }
        let constant = self.constant()?;
        if let Some(&value) = self.trace.consts.get(&constant) {
            return Ok(value);
        }
        let ty = constant.ty();
        let value = self.define_unnamed(ValueDef::Const(constant.clone()), ty);
        self.trace.consts.insert(constant, value);
        Ok(value)
    }

    fn constant(&mut self) -> Parsed<Const> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Name(name)) if name == "true" => Ok(Const::Bool(true)),
            Some(Token::Name(name)) if name == "false" => Ok(Const::Bool(false)),
            Some(Token::Number(text)) => number_constant(&text),
            Some(Token::Punct('#')) => self.word_constant(),
            Some(Token::Punct('@')) => {
                let label = self.string()?;
                let word = lookup(&self.names.objects, &label).ok_or_else(|| format!("no object {label:?}"))?;
                Ok(Const::Object(word, label.into()))
            }
            Some(Token::Punct('&')) => {
                let label = self.string()?;
                let bits = lookup(&self.names.addrs, &label).ok_or_else(|| format!("no address {label:?}"))?;
                Ok(Const::Addr(bits, label.into()))
            }
            other => Err(format!("expected an operand, found {other:?}")),
        }
    }

    fn word_constant(&mut self) -> Parsed<Const> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        let word = match token {
            Some(Token::Name(name)) if name == "empty" => Some(Word::EMPTY),
            Some(Token::Number(text)) if text.starts_with("0x") => parse_hex(&text).map(Word),
            Some(Token::Number(text)) => match text.parse::<i64>() {
                Ok(value) => Word::from_i64(value),
                Err(_) => text.parse().ok().and_then(Word::from_f64),
            },
            _ => None,
        };
        word.map(Const::Word).ok_or_else(|| "not an immediate word".to_string())
    }

    // -- Tokens --------------------------------------------------------------------------------------------------

    fn define(&mut self, value: ValueRef, def: ValueDef, ty: Type) {
        if self.defs.len() <= value.index() {
            self.defs.resize(value.index() + 1, None);
        }
        self.defs[value.index()] = Some((def, ty));
    }

    fn define_unnamed(&mut self, def: ValueDef, ty: Type) -> ValueRef {
        while self.named.contains(&self.next_free) {
            self.next_free += 1;
        }
        let value = ValueRef(self.next_free);
        self.next_free += 1;
        self.define(value, def, ty);
        value
    }

    fn last_block(&mut self) -> Parsed<&mut Block> {
        self.trace.blocks.last_mut().ok_or_else(|| "no block has begun".to_string())
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn end_of_line(&self) -> Parsed<()> {
        if self.at_end() { Ok(()) } else { Err(format!("unexpected {:?}", self.tokens[self.at])) }
    }

    fn at_punct(&self, c: char) -> bool {
        self.tokens.get(self.at) == Some(&Token::Punct(c))
    }

    fn accept(&mut self, c: char) -> bool {
        let found = self.at_punct(c);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, c: char) -> Parsed<()> {
        if self.accept(c) { Ok(()) } else { Err(format!("expected `{c}`, found {:?}", self.tokens.get(self.at))) }
    }

    fn keyword(&mut self, keyword: &str) -> Parsed<()> {
        let name = self.name()?;
        if name == keyword { Ok(()) } else { Err(format!("expected `{keyword}`, found `{name}`")) }
    }

    /// A bare or quoted name.
    fn name(&mut self) -> Parsed<String> {
        self.at += 1;
        match self.tokens.get(self.at - 1) {
            Some(Token::Name(name) | Token::Str(name)) => Ok(name.clone()),
            other => Err(format!("expected a name, found {other:?}")),
        }
    }

    fn string(&mut self) -> Parsed<String> {
        self.at += 1;
        match self.tokens.get(self.at - 1) {
            Some(Token::Str(text)) => Ok(text.clone()),
            other => Err(format!("expected a string, found {other:?}")),
        }
    }

    fn ty(&mut self) -> Parsed<Type> {
        let name = self.name()?;
        let all = [Type::Word, Type::Int, Type::Float, Type::Bool, Type::Ptr];
        all.into_iter().find(|ty| ty.name() == name).ok_or_else(|| format!("`{name}` is no type"))
    }

    fn number<T: std::str::FromStr>(&mut self) -> Parsed<T> {
        self.at += 1;
        match self.tokens.get(self.at - 1) {
            Some(Token::Number(text)) => text.parse().map_err(|_| format!("`{text}` does not fit")),
            other => Err(format!("expected a number, found {other:?}")),
        }
    }

    fn bits(&mut self) -> Parsed<u64> {
        self.at += 1;
        match self.tokens.get(self.at - 1) {
            Some(Token::Number(text)) => parse_hex(text).ok_or_else(|| format!("`{text}` is not hexadecimal")),
            other => Err(format!("expected hexadecimal digits, found {other:?}")),
        }
    }

    fn peek_index(&self, prefix: char) -> Option<u32> {
        index_of(self.tokens.get(self.at), prefix)
    }

    fn index(&mut self, prefix: char) -> Parsed<u32> {
        let found = self.peek_index(prefix);
        self.at += 1;
        found.ok_or_else(|| format!("expected {prefix}N, found {:?}", self.tokens.get(self.at - 1)))
    }
}

/// The N of a token `pN` with the prefix `p`.
fn index_of(token: Option<&Token>, prefix: char) -> Option<u32> {
    match token {
        Some(Token::Name(name)) => name.strip_prefix(prefix)?.parse().ok(),
        _ => None,
    }
}

fn parse_hex(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn number_constant(text: &str) -> Parsed<Const> {
    let hexadecimal = text.starts_with("0x");
    let constant = match text.strip_suffix('f') {
        Some(digits) if hexadecimal => parse_hex(digits).map(Const::Float),
        Some(digits) => digits.parse::<f64>().ok().map(|value| Const::Float(value.to_bits())),
        None => text.parse().ok().map(Const::Int),
    };
    constant.ok_or_else(|| format!("`{text}` is no constant"))
}

fn lookup<T: Copy>(table: &[(String, T)], label: &str) -> Option<T> {
    table.iter().find(|(name, _)| name == label).map(|(_, value)| *value)
}
