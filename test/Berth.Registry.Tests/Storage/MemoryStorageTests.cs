using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public sealed class MemoryStorageTests : RegistryStorageContract
{
    internal override IRegistryStorage Open() => new MemoryStorage(Options, Time);
}
