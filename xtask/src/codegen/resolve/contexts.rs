//! Which structs a message uses, in which versions, in what order; and that none holds itself.

use std::collections::BTreeMap;

use super::{Scope, field};
use crate::specs::versions::Versions;

/// The structs in the order in which they are met, with the versions they can occur in.
pub(super) fn order(scope: &Scope<'_>) -> Result<Vec<(String, Versions)>, String> {
    let mut walk = Walk { scope, order: Vec::new(), versions: BTreeMap::new(), path: Vec::new() };
    walk.visit(scope.root, scope.valid)?;
    let unused = scope.structs.keys().find(|name| !walk.versions.contains_key(*name));
    if let Some(name) = unused.filter(|name| !is_only_below_absent_fields(scope, name)) {
        return Err(format!("struct `{name}` is used by no field"));
    }
    let versions = walk.versions;
    Ok(walk.order.into_iter().map(|name| (name.to_owned(), versions[name])).collect())
}

struct Walk<'a, 's> {
    scope: &'s Scope<'a>,
    order: Vec<&'a str>,
    versions: BTreeMap<&'a str, Versions>,
    /// The structs that the current one stands in.
    path: Vec<&'a str>,
}

impl<'a> Walk<'a, '_> {
    fn visit(&mut self, name: &str, versions: Versions) -> Result<(), String> {
        let Some((name, (fields, own))) = self.scope.structs.get_key_value(name) else {
            return Err(format!("struct `{name}` is not defined"));
        };
        if self.path.contains(name) {
            return Err(format!("struct `{name}` holds itself: {}", self.path.join(" > ")));
        }
        if !own.covers(versions) {
            return Err(format!("struct `{name}` has versions {own} but is used in {versions}"));
        }
        if !self.versions.contains_key(name) {
            self.order.push(name);
        }
        let known = self.versions.entry(name).or_insert(Versions::NONE);
        *known = known.hull(versions);
        self.path.push(name);
        for field in *fields {
            let Some(inner) = field::struct_name(&field.type_name) else { continue };
            let presence = field::presence(field)
                .map_err(|error| format!("{name}.{}: {error}", field.name))?
                .and(versions);
            if !presence.is_empty() {
                self.visit(inner, presence).map_err(|e| format!("{name}.{}: {e}", field.name))?;
            }
        }
        self.path.pop();
        Ok(())
    }
}

/// A struct may be defined for versions that are no longer valid; it is then left out.
fn is_only_below_absent_fields(scope: &Scope<'_>, name: &str) -> bool {
    let all = scope.structs.values().flat_map(|(fields, _)| fields.iter());
    all.into_iter().any(|field| field::struct_name(&field.type_name) == Some(name))
}
