//! What readers must see once everything is over.

use klamm_idempotence::model::{Reach, read_committed};

use super::World;
use super::app::Believed;

/// Whether readers see what the application was told; the law that is broken if not.
pub(super) fn judge(world: &World) -> Result<(), &'static str> {
    let (mut cluster, mut coordinator) = (world.cluster.clone(), world.coordinator.clone());
    // A successor ends whatever a dead producer left open.
    coordinator.complete(&mut cluster);
    while coordinator.init_producer_id(None).is_err() {
        coordinator.complete(&mut cluster);
    }
    let [seen, other] = [0, 1].map(|part| read_committed(cluster.log(part).unwrap(), Reach::End));
    let offset = coordinator.offsets().committed(0);
    let laws = [
        (seen == other, "I14 both partitions show the same transactions"),
        (offset == seen.last().copied(), "I14 offsets share the fate of records"),
        (seen.is_sorted_by(|one, next| one < next), "I2 I3 each transaction once and in order"),
        (world.app.believed.iter().all(|(at, how)| fits(*how, seen.contains(at))), "I1 I14 I15"),
    ];
    let broken = laws.into_iter().find(|(holds, _)| !holds).map(|(_, law)| law);
    world.app.broken.or(broken).map_or(Ok(()), Err)
}

fn fits(believed: Believed, visible: bool) -> bool {
    match believed {
        Believed::Committed => visible,
        Believed::Aborted => !visible,
        Believed::Unknown => true,
    }
}
