//! Which structs a message uses, in which versions, in what order; and that none holds itself.

use std::collections::BTreeSet;

use super::{Scope, field};
use crate::specs::versions::Versions;

/// The structs in the order in which they are met, with the versions they can occur in.
pub(super) fn order<'a>(scope: &Scope<'a>) -> Result<Vec<(&'a str, Versions)>, String> {
    let mut walk = Walk { scope, order: Vec::new(), reached: BTreeSet::new(), path: Vec::new() };
    walk.visit(scope.root, scope.valid)?;
    match scope.structs.keys().find(|name| !walk.reached.contains(*name)) {
        None => Ok(walk.order),
        Some(name) => Err(format!("struct `{name}` is used by no field")),
    }
}

struct Walk<'a, 's> {
    scope: &'s Scope<'a>,
    order: Vec<(&'a str, Versions)>,
    /// Every struct that some field names, be it in no valid version.
    reached: BTreeSet<&'a str>,
    /// The structs that the current one stands in.
    path: Vec<&'a str>,
}

impl<'a> Walk<'a, '_> {
    /// Walks the fields of absent versions too: what they hold is left out, but checked.
    fn visit(&mut self, name: &'a str, versions: Versions) -> Result<(), String> {
        let definition = self.scope.get(name)?;
        let own = definition.versions;
        if self.path.contains(&name) {
            let path = self.path.join(" > ");
            return Err(format!("struct `{name}` holds itself: {path} > {name}"));
        }
        if !own.covers(versions) {
            return Err(format!("struct `{name}` has versions {own} but is used in {versions}"));
        }
        self.note(name, versions);
        self.path.push(name);
        for field in definition.fields {
            let Some(inner) = field::struct_name(&field.type_name) else { continue };
            let within = |error: String| format!("{name}.{}: {error}", field.name);
            let presence = field::presence(field).map_err(within)?;
            self.visit(inner, presence.and(versions)).map_err(within)?;
        }
        self.path.pop();
        Ok(())
    }

    fn note(&mut self, name: &'a str, versions: Versions) {
        self.reached.insert(name);
        match self.order.iter_mut().find(|(known, _)| *known == name) {
            Some((_, known)) => *known = known.hull(versions),
            None if versions.is_empty() => {}
            None => self.order.push((name, versions)),
        }
    }
}
