use super::{on_path, own, parse};
use crate::args::JitOption;

#[test]
fn an_added_interpreter_is_a_name_and_a_command() {
    let added = parse("slow=python3 -X dev").expect("a good text");
    assert_eq!(added.name, "slow");
    assert_eq!(added.executable, "python3");
    assert_eq!(added.arguments, ["-X", "dev"]);
    assert_eq!(added.command(), "python3 -X dev");
    for bad in ["python3", "=python3", "name=", "name=  "] {
        let error = parse(bad).expect_err("a bad text");
        assert!(error.contains("expected NAME=COMMAND"), "{error}");
    }
}

#[test]
fn tunables_go_to_the_jit_only() {
    let set = JitOption::Set { key: "a".into(), value: "1".into() };
    let [off, on] = own(&[set]).expect("tunables");
    assert_eq!(off.arguments, ["--jit", "off"]);
    assert_eq!(on.arguments, ["--jit", "on", "--jit", "a=1"]);
    assert!(own(&[JitOption::Off]).is_err());
}

#[test]
fn the_path_is_searched_for_executables() {
    assert!(on_path("sh").is_some());
    assert!(on_path("no-such-program-anywhere").is_none());
}
