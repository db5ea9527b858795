//! Dependency arrows: every `Cargo.toml` against the table in ARCHITECTURE.md.
//!
//! The table has the columns *crate*, *may depend on* and *its tests may also use*; a crate is named by
//! its directory. Every crate has one row and every row a crate; arrows point down, so a crate may only
//! name crates of rows below its own. Dependencies on crates of other people are no arrows.

use std::collections::BTreeMap;

use super::tables;
use super::{ARCHITECTURE, Fault, Tree};

/// The header of the table.
const HEADER: [&str; 3] = ["crate", "may depend on", "its tests may also use"];

#[derive(Clone, Debug)]
struct Row {
    line: usize,
    normal: Vec<String>,
    tests: Vec<String>,
}

/// A crate of this workspace.
struct Member<'a> {
    room: &'a str,
    manifest: &'a str,
    text: &'a str,
}

/// Holds the manifests against the table.
pub fn check(tree: &Tree) -> Vec<Fault> {
    let members = members(tree);
    let rows = match table(tree) {
        Ok(rows) => rows,
        Err(fault) => return vec![fault],
    };
    let mut faults = check_table(&rows, &members);
    let packages: BTreeMap<&str, &str> =
        members.iter().filter_map(|member| Some((package_name(member.text)?, member.room))).collect();
    for member in &members {
        if let Some(row) = rows.get(member.room) {
            faults.extend(check_manifest(member, row, &packages));
        }
    }
    faults
}

fn members(tree: &Tree) -> Vec<Member<'_>> {
    let manifests = tree.ending("/Cargo.toml");
    manifests
        .filter_map(|(manifest, text)| {
            let room = manifest.strip_suffix("/Cargo.toml")?.rsplit('/').next()?;
            Some(Member { room, manifest, text })
        })
        .collect()
}

fn table(tree: &Tree) -> Result<BTreeMap<String, Row>, Fault> {
    let text = tree.text(ARCHITECTURE).unwrap_or("");
    let rows = tables::find(text, &HEADER)
        .ok_or_else(|| Fault::new(ARCHITECTURE, 1, format!("there is no table with the columns {HEADER:?}")))?;
    let owned = |cell: &str| tables::names(cell).into_iter().map(str::to_owned).collect();
    let named = rows.iter().filter_map(|row| {
        let [room, normal, tests] = row.cells[..] else { return None };
        let room = tables::names(room).first().copied()?.to_owned();
        Some((room, Row { line: row.line, normal: owned(normal), tests: owned(tests) }))
    });
    Ok(named.collect())
}

/// The table itself: it names each crate once, and its arrows point down.
fn check_table(rows: &BTreeMap<String, Row>, members: &[Member<'_>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for member in members.iter().filter(|member| !rows.contains_key(member.room)) {
        let cause = format!("the crate `{}` has no row in the table of {ARCHITECTURE}", member.room);
        faults.push(Fault::new(member.manifest, 1, cause));
    }
    for (room, row) in rows {
        if !members.iter().any(|member| member.room == room) {
            faults.push(Fault::new(ARCHITECTURE, row.line, format!("there is no crate `{room}`")));
        }
        for below in &row.normal {
            let cause = match rows.get(below) {
                None => format!("`{room}` may depend on `{below}`, which has no row"),
                Some(other) if other.line <= row.line => {
                    format!("the arrow from `{room}` to `{below}` points up: its row stands above")
                }
                Some(_) => continue,
            };
            faults.push(Fault::new(ARCHITECTURE, row.line, cause));
        }
    }
    faults
}

fn check_manifest(member: &Member<'_>, row: &Row, packages: &BTreeMap<&str, &str>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for dependency in dependencies(member.text) {
        let Some(room) = packages.get(dependency.package) else { continue };
        let allows = |names: &[String]| names.iter().any(|name| name == room);
        let allowed = allows(&row.normal) || (dependency.for_tests && allows(&row.tests));
        if !allowed {
            let kind = if dependency.for_tests { " in tests" } else { "" };
            let cause = format!(
                "`{}` must not depend on `{room}`{kind} (table in {ARCHITECTURE}, line {})",
                member.room, row.line
            );
            faults.push(Fault::new(member.manifest, dependency.line, cause));
        }
    }
    faults
}

#[derive(Debug, PartialEq, Eq)]
struct Dependency<'a> {
    line: usize,
    package: &'a str,
    for_tests: bool,
}

/// The entries of all tables of dependencies, in the forms that this workspace uses: `name = …`,
/// `name.workspace = true` and `[dependencies.name]`.
fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let mut section = "";
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let entry = if let Some(header) = line.strip_prefix('[') {
            section = header.trim_end_matches(']');
            section.rsplit_once("dependencies.").map(|(_, name)| name)
        } else if section.ends_with("dependencies") {
            line.split(['.', '=', ' ']).next().filter(|name| !name.is_empty() && !name.starts_with('#'))
        } else {
            None
        };
        let for_tests = section.contains("dev-dependencies");
        found.extend(entry.map(|package| Dependency { line: index + 1, package, for_tests }));
    }
    found
}

fn package_name(manifest: &str) -> Option<&str> {
    let line = manifest.lines().find(|line| line.starts_with("name = "))?;
    line.split('"').nth(1)
}

#[cfg(test)]
mod tests;
