use super::{last_lines, late_means};

#[test]
fn late_memory_leaves_the_warm_up_out() {
    assert_eq!(late_means(&[1, 1, 1, 1, 4, 6, 7, 9]), Some((5, 8)));
    assert_eq!(late_means(&[0, 9, 9, 9, 9]), Some((9, 9)));
    assert_eq!(late_means(&[1, 2, 3]), None);
}

#[test]
fn only_the_end_of_the_standard_error_is_shown() {
    let long: String = (0..50).map(|number| format!("{number}\n")).collect();
    let shown = last_lines(&long);
    assert!(shown.starts_with("38\n") && shown.ends_with("\n49"), "{shown}");
    assert_eq!(last_lines(""), "");
}
