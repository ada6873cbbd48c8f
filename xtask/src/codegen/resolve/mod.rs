//! From a spec to the [IR](super::ir): ranges clipped, types looked up, every rule checked.
//!
//! An error names the file and the field. Nothing behind this module checks a spec again.

mod contexts;
mod field;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::ir::{Element, Field, Message, Struct, Type};
use crate::specs::model;
use crate::specs::versions::Versions;

/// Resolves a spec; `None` where it has no valid version.
pub(crate) fn message(file: &str, spec: &model::Message) -> Result<Option<Message>, String> {
    resolve(spec).map_err(|error| format!("{file}: {error}"))
}

fn resolve(spec: &model::Message) -> Result<Option<Message>, String> {
    rules::message(spec)?;
    if spec.valid.is_empty() {
        return Ok(None);
    }
    let scope = Scope::of(spec)?;
    let order = contexts::order(&scope)?;
    let mut structs = Vec::new();
    for (name, versions) in order {
        structs.push(scope.resolve(&name, versions)?);
    }
    mark_elements(&mut structs);
    mark_borrowing(&mut structs);
    Ok(Some(Message {
        name: spec.name.clone(),
        kind: spec.kind,
        api_key: spec.api_key,
        valid: spec.valid,
        flexible: scope.flexible,
        latest_version_unstable: spec.latest_version_unstable,
        structs,
    }))
}

/// Every struct of a message by name, and the message's ranges.
struct Scope<'a> {
    root: &'a str,
    valid: Versions,
    flexible: Versions,
    /// The fields of each struct and the versions it says it has.
    structs: BTreeMap<&'a str, (&'a [model::Field], Versions)>,
}

impl<'a> Scope<'a> {
    fn of(spec: &'a model::Message) -> Result<Self, String> {
        let mut scope = Self {
            root: &spec.name,
            valid: spec.valid,
            flexible: spec.flexible.unwrap_or(Versions::NONE).and(spec.valid),
            structs: BTreeMap::new(),
        };
        for shared in &spec.common_structs {
            scope.add(&shared.name, &shared.fields, shared.versions)?;
        }
        scope.add(&spec.name, &spec.fields, Versions::ALL)?;
        scope.add_inline(&spec.fields)?;
        for shared in &spec.common_structs {
            scope.add_inline(&shared.fields)?;
        }
        Ok(scope)
    }

    fn add(
        &mut self,
        name: &'a str,
        fields: &'a [model::Field],
        versions: Versions,
    ) -> Result<(), String> {
        if !name.starts_with(|first: char| first.is_ascii_uppercase()) {
            return Err(format!("struct `{name}` must begin with a capital letter"));
        }
        match self.structs.insert(name, (fields, versions)) {
            None => Ok(()),
            Some(_) => Err(format!("struct `{name}` is defined twice")),
        }
    }

    fn add_inline(&mut self, fields: &'a [model::Field]) -> Result<(), String> {
        for field in fields {
            let Some(inner) = &field.fields else { continue };
            let name = field.type_name.strip_prefix("[]").unwrap_or(&field.type_name);
            self.add(name, inner, Versions::ALL).map_err(|e| format!("{}: {e}", field.name))?;
            self.add_inline(inner)?;
        }
        Ok(())
    }

    /// Resolves one struct for the versions in which it can occur.
    fn resolve(&self, name: &str, versions: Versions) -> Result<Struct, String> {
        let (specs, _) = self.structs[name];
        rules::fields(name, specs, self)?;
        let mut fields = Vec::new();
        for spec in specs {
            let resolved = field::resolve(name, spec, versions, self);
            fields.extend(resolved.map_err(|error| format!("{name}.{}: {error}", spec.name))?);
        }
        Ok(Struct {
            name: name.to_owned(),
            versions,
            flexible: self.flexible.and(versions),
            fields,
            is_element: false,
            borrows: false,
        })
    }
}

fn mark_elements(structs: &mut [Struct]) {
    let element = |field: &Field| match &field.ty {
        Type::Array(Element::Struct(name)) => Some(name.clone()),
        _ => None,
    };
    let fields = structs.iter().flat_map(|one| &one.fields);
    let elements: Vec<String> = fields.filter_map(element).collect();
    for one in structs {
        one.is_element = elements.contains(&one.name);
    }
}

/// A struct borrows when it has text, bytes, tags or a struct that does.
fn mark_borrowing(structs: &mut [Struct]) {
    loop {
        let borrowing: Vec<String> =
            structs.iter().filter(|one| one.borrows).map(|one| one.name.clone()).collect();
        let mut changed = false;
        for one in structs.iter_mut().filter(|one| !one.borrows) {
            let by_field = one.fields.iter().any(|field| match &field.ty {
                Type::Fixed(_) | Type::Records => false,
                Type::String | Type::Bytes => true,
                Type::Struct(name) | Type::Array(Element::Struct(name)) => borrowing.contains(name),
                Type::Array(Element::Fixed(_) | Element::String | Element::Bytes) => true,
            });
            one.borrows = by_field || !one.flexible.is_empty();
            changed |= one.borrows;
        }
        if !changed {
            return;
        }
    }
}
