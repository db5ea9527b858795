//! The match statement.
//!
//! While a pattern is being tested, all values taken from the subject stand in temporaries, which
//! are listed in [`Attempt`]; a test that fails jumps to a stub that drops those filled so far.
//! Names are bound only when the whole pattern has matched.

use ruff_python_ast::{self as ast, Expr, Pattern, Singleton};
use ruff_text_size::{Ranged, TextRange};

use super::asm::{Label, test_flags};
use super::{Compiler, R};
use crate::error::{Res, fault};
use crate::op::{Compare, Op};
use crate::unit::{Const, Wtf8};

/// A pattern being tested.
struct Attempt<'a> {
    /// Temporaries filled so far.
    filled: Vec<R>,
    /// Those from here on are dropped on failure.
    base: usize,
    /// Where failure leads.
    fail: Label,
    /// Names captured so far, with their temporaries.
    captures: Vec<(&'a str, TextRange, R)>,
    /// Stubs to emit: label, temporaries to drop, where to go.
    stubs: Vec<(Label, Vec<R>, Label)>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn match_(&mut self, stmt: &'a ast::StmtMatch) -> Res {
        let subject = self.temp(&stmt.subject)?;
        let end = self.label();
        for (i, case) in stmt.cases.iter().enumerate() {
            let last = i + 1 == stmt.cases.len();
            if !last && case.guard.is_none() {
                check_reachable(&case.pattern)?;
            }
            let next = self.label();
            self.at(case.pattern.range());
            self.case_pattern(&case.pattern, subject, next)?;
            if let Some(guard) = &case.guard {
                self.cond_jump(guard, next, false)?;
            }
            self.at(case.pattern.range());
            self.emit(Op::Drop, subject, 0, 0);
            self.pop_to(subject);
            self.body(&case.body)?;
            self.jump(end);
            self.push_above(subject, 0);
            self.bind(next);
        }
        self.at(stmt.range);
        self.emit(Op::Drop, subject, 0, 0);
        self.pop_to(subject);
        self.bind(end);
        Ok(())
    }

    /// Tests a case's pattern and binds its names.
    fn case_pattern(&mut self, pattern: &'a Pattern, subject: R, next: Label) -> Res {
        let mut attempt = Attempt { filled: Vec::new(), base: 0, fail: next, captures: Vec::new(), stubs: Vec::new() };
        let mark = self.next_temp();
        self.pattern(pattern, subject, &mut attempt)?;
        for (name, range, temp) in std::mem::take(&mut attempt.captures) {
            self.at(range);
            self.store_name(name, range, temp)?;
            attempt.filled.retain(|filled| *filled != temp);
        }
        for temp in std::mem::take(&mut attempt.filled) {
            self.emit(Op::Drop, temp, 0, 0);
        }
        if !attempt.stubs.is_empty() {
            let matched = self.label();
            self.jump(matched);
            self.emit_stubs(&mut attempt, |_| true);
            self.bind(matched);
        }
        self.pop_to(mark);
        Ok(())
    }

    /// Emits the stubs that lead to a label.
    fn emit_stubs(&mut self, attempt: &mut Attempt<'a>, leads: impl Fn(Label) -> bool) {
        for (label, temps, to) in attempt.stubs.extract_if(.., |(_, _, to)| leads(*to)) {
            self.bind(label);
            for temp in temps {
                self.emit(Op::Drop, temp, 0, 0);
            }
            self.jump(to);
        }
    }

    /// Where a test that fails now has to jump.
    fn failing(&mut self, attempt: &mut Attempt<'a>) -> Label {
        let temps = attempt.filled[attempt.base..].to_vec();
        if temps.is_empty() {
            return attempt.fail;
        }
        let label = self.label();
        attempt.stubs.push((label, temps, attempt.fail));
        label
    }

    fn fill(&mut self, attempt: &mut Attempt<'a>, count: u16) -> R {
        let first = self.push_n(count);
        attempt.filled.extend(first..first + count);
        first
    }

    /// Tests one pattern against a register, which stays.
    fn pattern(&mut self, pattern: &'a Pattern, value: R, attempt: &mut Attempt<'a>) -> Res {
        match pattern {
            Pattern::MatchValue(p) => self.value_pattern(&p.value, value, attempt),
            Pattern::MatchSingleton(p) => {
                let constant = match p.value {
                    Singleton::None => Const::None,
                    Singleton::True => Const::Bool(true),
                    Singleton::False => Const::Bool(false),
                };
                let index = self.constant(constant) as u16;
                self.test_copy(value, p.range, attempt, |this, copy, fail| {
                    this.asm().jump(Op::JumpIs, copy, index, test_flags(false, true), fail);
                })
            }
            Pattern::MatchSequence(p) => self.sequence_pattern(p, value, attempt),
            Pattern::MatchMapping(p) => self.mapping_pattern(p, value, attempt),
            Pattern::MatchClass(p) => self.class_pattern(p, value, attempt),
            Pattern::MatchStar(p) => match &p.name {
                Some(name) => self.capture(name, value, attempt),
                None => Ok(()),
            },
            Pattern::MatchAs(p) => {
                if let Some(inner) = &p.pattern {
                    self.pattern(inner, value, attempt)?;
                }
                p.name.as_ref().map_or(Ok(()), |name| self.capture(name, value, attempt))
            }
            Pattern::MatchOr(p) => self.or_pattern(p, value, attempt),
        }
    }

    fn capture(&mut self, name: &'a ast::Identifier, value: R, attempt: &mut Attempt<'a>) -> Res {
        if attempt.captures.iter().any(|(other, ..)| *other == name.as_str()) {
            return fault(name.range, format!("multiple assignments to name '{name}' in pattern"));
        }
        self.at(name.range);
        let temp = self.fill(attempt, 1);
        self.emit(Op::Copy, temp, value, 0);
        attempt.captures.push((name.as_str(), name.range, temp));
        Ok(())
    }

    /// Makes a copy of a value and hands it to a jump that consumes it.
    fn test_copy(
        &mut self,
        value: R,
        range: TextRange,
        attempt: &mut Attempt<'a>,
        test: impl FnOnce(&mut Self, R, Label),
    ) -> Res {
        let fail = self.failing(attempt);
        self.at(range);
        let copy = self.push();
        self.emit(Op::Copy, copy, value, 0);
        test(self, copy, fail);
        self.pop_to(copy);
        Ok(())
    }

    fn value_pattern(&mut self, e: &'a Expr, value: R, attempt: &mut Attempt<'a>) -> Res {
        if !is_pattern_value(e) {
            return fault(e.range(), "patterns may only match literals and attribute lookups");
        }
        let fail = self.failing(attempt);
        let copy = self.push();
        self.at(e.range());
        self.emit(Op::Copy, copy, value, 0);
        let (right, constant) = match self.const_operand(e)? {
            Some(index) => (index, true),
            None => (self.operand(e)?, false),
        };
        self.at(e.range());
        self.asm().jump(Compare::Eq.jump_opcode(), copy, right, test_flags(false, constant), fail);
        self.pop_to(copy);
        Ok(())
    }

    /// Emits a test op from a value to a fresh temporary, and a jump when it is false.
    fn require(&mut self, op: Op, value: R, attempt: &mut Attempt<'a>) {
        let fail = self.failing(attempt);
        let test = self.push();
        self.emit(op, test, value, 0);
        self.asm().jump(Op::JumpIfFalse, test, 0, 0, fail);
        self.pop_to(test);
    }

    fn require_len(&mut self, compare: Compare, len: usize, value: R, attempt: &mut Attempt<'a>) {
        let fail = self.failing(attempt);
        let test = self.push();
        let index = self.constant(Const::Int(len as i64)) as u16;
        self.emit(Op::GetLen, test, value, 0);
        self.asm().jump(compare.jump_opcode(), test, index, test_flags(false, true), fail);
        self.pop_to(test);
    }

    fn sequence_pattern(&mut self, p: &'a ast::PatternMatchSequence, value: R, attempt: &mut Attempt<'a>) -> Res {
        let stars = p.patterns.iter().filter(|p| p.is_match_star()).count();
        if stars > 1 {
            return fault(p.range, "multiple starred expressions in sequence pattern");
        }
        self.at(p.range);
        self.require(Op::MatchSequence, value, attempt);
        let star = p.patterns.iter().position(|p| p.is_match_star());
        match star {
            None => self.require_len(Compare::Eq, p.patterns.len(), value, attempt),
            Some(_) if p.patterns.len() > 1 => self.require_len(Compare::Ge, p.patterns.len() - 1, value, attempt),
            Some(_) => {}
        }
        if p.patterns.iter().all(is_wildcard) {
            return Ok(());
        }
        if let Some(before) = star.filter(|star| is_wildcard(&p.patterns[*star])) {
            return self.items_around(p, before, value, attempt);
        }
        let count = p.patterns.len() as u16;
        let copy = self.push();
        self.emit(Op::Copy, copy, value, 0);
        self.pop_to(copy);
        let base = self.push_n(count);
        match star {
            None => self.emit(Op::Unpack, base, copy, count),
            Some(before) => self.emit_x(Op::UnpackEx, base, copy, before as u16, u32::from(count) - before as u32 - 1),
        }
        attempt.filled.extend(base..base + count);
        for (i, p) in p.patterns.iter().enumerate() {
            self.pattern(p, base + i as R, attempt)?;
        }
        Ok(())
    }

    /// The patterns around a star without a name: only the items that they need are asked for, by their indices.
    fn items_around(
        &mut self,
        p: &'a ast::PatternMatchSequence,
        before: usize,
        value: R,
        attempt: &mut Attempt<'a>,
    ) -> Res {
        for (i, pattern) in p.patterns.iter().enumerate().filter(|(_, pattern)| !is_wildcard(pattern)) {
            let item = self.push();
            self.emit(Op::Copy, item, value, 0);
            if i < before {
                let index = self.constant(Const::Int(i as i64)) as u16;
                self.emit(Op::GetItemK, item, item, index);
            } else {
                let index = self.push();
                let from_end = self.constant(Const::Int((p.patterns.len() - i) as i64)) as u16;
                self.emit(Op::GetLen, index, value, 0);
                self.emit(Op::SubK, index, index, from_end);
                self.emit(Op::GetItem, item, item, index);
                self.pop_to(index);
            }
            attempt.filled.push(item);
            self.pattern(pattern, item, attempt)?;
        }
        Ok(())
    }

    fn mapping_pattern(&mut self, p: &'a ast::PatternMatchMapping, value: R, attempt: &mut Attempt<'a>) -> Res {
        self.at(p.range);
        self.require(Op::MatchMapping, value, attempt);
        self.check_keys(&p.keys)?;
        if !p.keys.is_empty() {
            self.require_len(Compare::Ge, p.keys.len(), value, attempt);
        }
        let count = p.keys.len() as u16;
        let first = self.push();
        for (i, key) in p.keys.iter().enumerate() {
            let temp = if i == 0 { first } else { self.push() };
            self.expr_to(key, temp)?;
        }
        self.at(p.range);
        self.emit(Op::BuildTuple, first, first, count);
        self.pop_to(first);
        let keys = self.fill(attempt, 1);
        if count > 0 {
            self.mapping_values(p, keys, value, attempt)?;
        }
        match &p.rest {
            Some(rest) => self.mapping_rest(rest, count, keys, value, attempt),
            None => Ok(()),
        }
    }

    /// No literal is twice among the keys of a mapping pattern.
    fn check_keys(&mut self, keys: &'a [Expr]) -> Res {
        let mut seen = std::collections::HashSet::new();
        for key in keys {
            if let Some(constant) = self.fold(key)? {
                let known = seen.len();
                seen.insert(key_of(&constant));
                if seen.len() == known {
                    let shown = constant_repr(&constant);
                    return fault(key.range(), format!("mapping pattern checks duplicate key ({shown})"));
                }
            }
        }
        Ok(())
    }

    fn mapping_values(&mut self, p: &'a ast::PatternMatchMapping, keys: R, value: R, attempt: &mut Attempt<'a>) -> Res {
        let values = self.fill(attempt, 1);
        self.emit(Op::MatchKeys, values, value, keys);
        self.test_copy(values, p.range, attempt, |this, copy, fail| {
            this.asm().jump(Op::JumpIfNone, copy, 0, 0, fail);
        })?;
        self.unpack_filled(values, p.patterns.len() as u16, attempt, |this, base, attempt| {
            for (i, p) in p.patterns.iter().enumerate() {
                this.pattern(p, base + i as R, attempt)?;
            }
            Ok(())
        })
    }

    /// Unpacks the tuple in the last filled temporary, and goes on with its items.
    fn unpack_filled(
        &mut self,
        tuple: R,
        count: u16,
        attempt: &mut Attempt<'a>,
        then: impl FnOnce(&mut Self, R, &mut Attempt<'a>) -> Res,
    ) -> Res {
        attempt.filled.retain(|filled| *filled != tuple);
        let base = self.push_n(count);
        self.emit(Op::Unpack, base, tuple, count);
        attempt.filled.extend(base..base + count);
        then(self, base, attempt)
    }

    /// The rest of a mapping: a dict without the keys.
    fn mapping_rest(
        &mut self,
        name: &'a ast::Identifier,
        count: u16,
        keys: R,
        value: R,
        attempt: &mut Attempt<'a>,
    ) -> Res {
        self.at(name.range);
        let rest = self.fill(attempt, 1);
        let copy = self.push();
        self.emit(Op::BuildMap, rest, copy, 0);
        self.emit(Op::Copy, copy, value, 0);
        self.emit(Op::MapUpdate, rest, copy, 0);
        if count > 0 {
            self.emit(Op::Copy, copy, keys, 0);
            self.pop_to(copy);
            let each = self.push_n(count);
            self.emit(Op::Unpack, each, copy, count);
            let dict = self.push();
            for i in 0..count {
                self.emit(Op::Copy, dict, rest, 0);
                self.emit(Op::DelItem, dict, each + i, 0);
            }
        }
        self.pop_to(copy);
        attempt.captures.push((name.as_str(), name.range, rest));
        Ok(())
    }

    fn class_pattern(&mut self, p: &'a ast::PatternMatchClass, value: R, attempt: &mut Attempt<'a>) -> Res {
        let keywords = &p.arguments.keywords;
        for (i, keyword) in keywords.iter().enumerate() {
            if keywords[..i].iter().any(|other| other.attr.as_str() == keyword.attr.as_str()) {
                let text = format!("attribute name repeated in class pattern: {}", keyword.attr);
                return fault(keyword.pattern.range(), text);
            }
        }
        let names = keywords.iter().map(|k| Const::Str(Wtf8::new(k.attr.as_str()))).collect();
        let names = self.constant(Const::Tuple(names));
        let mark = self.next_temp();
        let class = self.operand(&p.cls)?;
        self.pop_to(mark);
        self.at(p.range);
        let positional = p.arguments.patterns.len() as u32;
        let values = self.push();
        self.asm().abcxy(Op::MatchClass, values, value, class, names, positional);
        attempt.filled.push(values);
        self.test_copy(values, p.range, attempt, |this, copy, fail| {
            this.asm().jump(Op::JumpIfNone, copy, 0, 0, fail);
        })?;
        let count = positional as u16 + keywords.len() as u16;
        self.unpack_filled(values, count, attempt, |this, base, attempt| {
            let named = keywords.iter().map(|keyword| &keyword.pattern);
            for (i, p) in p.arguments.patterns.iter().chain(named).enumerate() {
                this.pattern(p, base + i as R, attempt)?;
            }
            Ok(())
        })
    }

    fn or_pattern(&mut self, p: &'a ast::PatternMatchOr, value: R, attempt: &mut Attempt<'a>) -> Res {
        let matched = self.label();
        let outer_captures = std::mem::take(&mut attempt.captures);
        let (outer_base, outer_fail) = (attempt.base, attempt.fail);
        let (before, mark) = (attempt.filled.len(), self.next_temp());
        let mut targets: Option<Vec<(&'a str, TextRange, R)>> = None;
        for (i, alternative) in p.patterns.iter().enumerate() {
            let last = i + 1 == p.patterns.len();
            let next = self.label();
            attempt.base = before;
            attempt.fail = next;
            if let Some(targets) = &targets {
                self.pop_to(mark);
                self.push_n(targets.len() as u16);
            }
            if !last {
                check_reachable(alternative)?;
            }
            let room = targets.is_none();
            if room {
                // The first alternative tells which names there are; its captures are counted ahead.
                let mut names = Vec::new();
                captured_names(alternative, &mut names);
                self.push_n(names.len() as u16);
            }
            self.pattern(alternative, value, attempt)?;
            let captures = std::mem::take(&mut attempt.captures);
            let places = self.or_places(&mut targets, &captures, mark, alternative.range())?;
            for (temp, target) in places {
                self.emit(Op::Move, target, temp, 0);
                attempt.filled.retain(|filled| *filled != temp);
            }
            for temp in attempt.filled.split_off(before) {
                self.emit(Op::Drop, temp, 0, 0);
            }
            self.jump(matched);
            self.emit_stubs(attempt, |to| to == next);
            self.bind(next);
        }
        (attempt.base, attempt.fail) = (outer_base, outer_fail);
        let fail = self.failing(attempt);
        self.jump(fail);
        self.bind(matched);
        attempt.captures = outer_captures;
        let targets = targets.unwrap_or_default();
        self.pop_to(mark);
        self.push_n(targets.len() as u16);
        for (name, range, temp) in targets {
            if attempt.captures.iter().any(|(other, ..)| *other == name) {
                return fault(range, format!("multiple assignments to name '{name}' in pattern"));
            }
            attempt.filled.push(temp);
            attempt.captures.push((name, range, temp));
        }
        Ok(())
    }

    /// Where each capture of an alternative has to go.
    fn or_places(
        &mut self,
        targets: &mut Option<Vec<(&'a str, TextRange, R)>>,
        captures: &[(&'a str, TextRange, R)],
        mark: R,
        range: TextRange,
    ) -> Res<Vec<(R, R)>> {
        let targets = targets.get_or_insert_with(|| {
            let places = captures.iter().enumerate();
            places.map(|(i, (name, range, _))| (*name, *range, mark + i as R)).collect()
        });
        let place = |(name, _, temp): &(&str, TextRange, R)| {
            let target = targets.iter().find(|(other, ..)| other == name);
            target.map(|(_, _, target)| (*temp, *target))
        };
        let places: Option<Vec<(R, R)>> = captures.iter().map(place).collect();
        match places {
            Some(places) if places.len() == targets.len() => Ok(places),
            _ => fault(range, "alternative patterns bind different names"),
        }
    }
}

/// Literals, sums that make a complex number, and dotted names.
fn is_pattern_value(e: &Expr) -> bool {
    match e {
        Expr::BinOp(e) => matches!(e.op, ast::Operator::Add | ast::Operator::Sub),
        Expr::FString(_) | Expr::TString(_) => false,
        _ => true,
    }
}

/// What makes two literal keys equal: numbers are by value, whatever their type.
fn key_of(constant: &Const) -> String {
    match constant {
        Const::Bool(value) => format!("{:?}", f64::from(u8::from(*value))),
        Const::Int(value) if value.unsigned_abs() < 1 << 53 => format!("{:?}", *value as f64),
        Const::Float(value) => format!("{value:?}"),
        Const::Complex(real, 0.0) => format!("{real:?}"),
        other => format!("{other:?}"),
    }
}

/// A literal key as Python shows it.
fn constant_repr(constant: &Const) -> String {
    match constant {
        Const::None => "None".to_owned(),
        Const::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
        Const::Int(value) => value.to_string(),
        Const::Float(value) => format!("{value:?}"),
        Const::Str(value) => format!("'{}'", value.as_str().unwrap_or("?")),
        Const::Bytes(value) => format!("b'{}'", value.escape_ascii()),
        other => format!("{other:?}"),
    }
}

fn is_wildcard(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(p) => p.pattern.is_none() && p.name.is_none(),
        Pattern::MatchStar(p) => p.name.is_none(),
        _ => false,
    }
}

/// Fails for a pattern that always matches, where others follow it.
fn check_reachable(pattern: &Pattern) -> Res {
    match pattern {
        Pattern::MatchAs(p) => match (&p.pattern, &p.name) {
            (None, None) => fault(p.range, "wildcard makes remaining patterns unreachable"),
            (None, Some(name)) => fault(p.range, format!("name capture '{name}' makes remaining patterns unreachable")),
            (Some(inner), _) => check_reachable(inner),
        },
        Pattern::MatchOr(p) => p.patterns.last().map_or(Ok(()), check_reachable),
        _ => Ok(()),
    }
}

/// The names that a pattern captures.
fn captured_names<'p>(pattern: &'p Pattern, names: &mut Vec<&'p str>) {
    let mut add = |name: &'p Option<ast::Identifier>| names.extend(name.iter().map(|name| name.as_str()));
    match pattern {
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        Pattern::MatchSequence(p) => p.patterns.iter().for_each(|p| captured_names(p, names)),
        Pattern::MatchMapping(p) => {
            add(&p.rest);
            p.patterns.iter().for_each(|p| captured_names(p, names));
        }
        Pattern::MatchClass(p) => {
            p.arguments.patterns.iter().for_each(|p| captured_names(p, names));
            p.arguments.keywords.iter().for_each(|k| captured_names(&k.pattern, names));
        }
        Pattern::MatchStar(p) => add(&p.name),
        Pattern::MatchAs(p) => {
            add(&p.name);
            p.pattern.iter().for_each(|p| captured_names(p, names));
        }
        Pattern::MatchOr(p) => p.patterns.first().into_iter().for_each(|p| captured_names(p, names)),
    }
}
