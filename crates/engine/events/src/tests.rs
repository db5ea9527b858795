//! The log round-trips, and its text form says what happened.

use crate::*;

fn at(line: u32) -> Position {
    Position { file: "a.bf".into(), function: "main".into(), line, bytecode: "Add".into(), ..Position::default() }
}

fn compiled() -> Event {
    Event::TraceCompiled(Box::new(Compiled {
        attempt: Attempt { trace: 1, start: Start::Header { at: at(3) } },
        end: "loop".into(),
        steps: vec![at(3), at(4)],
        stages: vec![Stage { name: "recorded".into(), text: "b0:\n  jump b1".into() }],
        passes: vec![Pass { name: "fold".into(), changes: 2 }],
        ops_recorded: 20,
        ops_compiled: 10,
        exits: vec![ExitInfo { exit: 0, kind: "after".into(), at: at(5) }],
        clif: String::new(),
        assembly: String::new(),
        code_bytes: 100,
        timings: Timings { record: 1.5, optimize: 2.0, codegen: 3.0 },
    }))
}

fn events() -> Vec<Event> {
    let attempt = Attempt { trace: 2, start: Start::Bridge { at: at(5), trace: 1, exit: 0 } };
    vec![
        compiled(),
        Event::ExitHot { trace: 1, exit: 0, taken: 10 },
        Event::TraceStarted(attempt.clone()),
        Event::TraceAborted {
            attempt,
            reason: "too-long".into(),
            sentence: "too long a trace".into(),
            at: at(6),
            detail: String::new(),
        },
        Event::Blacklisted { at: at(3), expires: 1000 },
        Event::Invalidated { trace: 1, what: "type Point".to_owned() },
        Event::Left {
            entered: 1,
            trace: 2,
            exit: Some(3),
            pc: 4,
            depth: 5,
            slots: vec!["0=7".into(), "1=list*2".into()],
        },
        Event::Left { entered: 1, trace: 1, exit: None, pc: 4, depth: 5, slots: Vec::new() },
        Event::Stats(Stats { recordings: 2, aborts: 1, traces: 1, ..Stats::default() }),
    ]
}

#[test]
fn logs_round_trip() {
    let mut writer = Writer::new(Vec::new()).unwrap();
    for event in events() {
        writer.event(&event).unwrap();
    }
    let bytes = writer.finish().unwrap();
    let read: Vec<Event> = Reader::new(&bytes[..]).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, events());
}

#[test]
fn foreign_files_are_refused_by_name() {
    let refused = |text: &str| Reader::new(text.as_bytes()).err().expect("an error").to_string();
    assert_eq!(refused(""), "this is not an event log: its first line is no header");
    assert_eq!(refused("{\"a\": 1}"), "this is not an event log: its first line is no header");
    let future = "{\"format\": \"pitviper-events\", \"version\": 99}";
    assert_eq!(refused(future), "the log has version 99; this reader knows 1");
}

#[test]
fn a_bad_line_is_named() {
    let text = "{\"format\": \"pitviper-events\", \"version\": 1}\n{\"event\": \"invalidated\"}\n";
    let error = Reader::new(text.as_bytes()).unwrap().next().unwrap().unwrap_err();
    assert!(error.to_string().starts_with("line 2: missing field `trace`"), "{error}");
}

#[test]
fn timings_can_be_left_out() {
    let (a, b) = (compiled(), compiled().without_timings());
    assert_ne!(a, b);
    assert_eq!(a.without_timings(), b);
}

#[test]
fn the_text_form_has_one_line_per_event_and_details_below() {
    let text: String = events().iter().map(|event| render(event, Detail::default())).collect();
    assert_eq!(
        text,
        "trace t1 compiled: a.bf:3 (main), a loop; ends in loop; 2 bytecodes, 20 ops recorded, 10 compiled, 1 exits, 100 bytes\n\
         trace t1 exit 0 is hot: taken 10 times\n\
         trace t2 starts at a.bf:5 (main), exit 0 of t1\n\
         trace t2 aborted at a.bf:6 (main): too long a trace [too-long]\n\
         blacklisted a.bf:3 (main) for 1000 passes\n\
         trace t1 invalidated: what it assumed has changed (type Point)\n\
         trace t1 left by exit 3 of t2 to pc 4, depth 5: 0=7, 1=list*2\n\
         trace t1 left before it began of t1 to pc 4, depth 5: \n\
         2 recordings, 1 aborted, 1 traces and 0 bridges compiled, 0 invalidated, 0 blacklisted\n\
         0 ops recorded, 0 compiled; 0 bytes of code, 0 bytes beside it\n"
    );
    let detailed = render(&compiled(), Detail::ALL);
    assert!(
        detailed.contains("  recorded:\n    b0:\n      jump b1\n  pass fold: 2 changes\n  exits:\n    0: after a.bf:5")
    );
}
