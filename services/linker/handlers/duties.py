"""What the linker keeps of what people write. Nothing hangs on a reason: the decision goes on without it."""

from services.linker.store.duties import KINDS
from services.linker.store.tables import duties
from shared.contracts.events.linker import ReasonsDisposed
from shared.duties.kinds import Keeper

KEEPER = Keeper(duties, KINDS, {}, ReasonsDisposed)
