use super::LibraryModule;

#[test]
fn every_module_unpacks() {
    let mut count = 0;
    for name in LibraryModule::names() {
        let module = LibraryModule::find(name).expect("a listed module is found");
        assert_eq!(module.source().len(), module.0.size, "{name}");
        count += 1;
    }
    assert!(count > 300, "{count} modules");
}

#[test]
fn packages_and_modules_have_file_names() {
    let package = LibraryModule::find("collections").expect("collections");
    assert!(package.is_package());
    assert_eq!(package.file_name(), "<lib>/collections/__init__.py");
    let module = LibraryModule::find("json.decoder").expect("json.decoder");
    assert!(!module.is_package());
    assert_eq!(module.file_name(), "<lib>/json/decoder.py");
    assert!(LibraryModule::find("no_such_module").is_none());
}
