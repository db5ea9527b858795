//! Where programs find their modules.

use std::fs;
use std::process::Command;

#[test]
fn pythonpath_names_folders_behind_the_program_s_own() {
    let place = std::env::temp_dir().join(format!("pv-paths-{}", std::process::id()));
    let folders = ["own", "first", "second"].map(|name| place.join(name));
    for (folder, modules) in folders.iter().zip([&["alpha"][..], &["alpha", "beta"], &["beta", "gamma"]]) {
        fs::create_dir_all(folder).expect("a temporary directory");
        for module in modules {
            let name = folder.file_name().expect("a name").to_string_lossy();
            fs::write(folder.join(format!("{module}.py")), format!("where = {name:?}\n")).expect("a file");
        }
    }
    let program = folders[0].join("program.py");
    fs::write(&program, "import alpha, beta, gamma\nprint(alpha.where, beta.where, gamma.where)\n").expect("a file");
    let path = std::env::join_paths(&folders[1..]).expect("no colons");
    let output = Command::new(env!("CARGO_BIN_EXE_pitviper")).arg(&program).env("PYTHONPATH", path).output();
    let output = output.expect("the command starts");
    // A directory that stays behind in the temporary directory is no reason to fail.
    drop(fs::remove_dir_all(&place));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "own first second\n");
}
