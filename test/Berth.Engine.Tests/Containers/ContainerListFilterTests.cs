using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine.Containers;
using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Containers;

public class ContainerListFilterTests
{
    private readonly ContainerTable _table = new();

    [Theory]
    [InlineData("{}", false, "run")]
    [InlineData("{}", true, "run,old,new")]
    [InlineData("""{"status":["created"]}""", false, "new")]
    [InlineData("""{"status":["exited","running"]}""", false, "run,old")]
    [InlineData("""{"exited":["3"]}""", false, "old")]
    [InlineData("""{"exited":["0"]}""", false, "")]
    [InlineData("""{"name":["^ru"]}""", true, "run")]
    [InlineData("""{"name":["/old"]}""", true, "old")]
    [InlineData("""{"name":["("]}""", true, "")]
    [InlineData("""{"id":["^bb"]}""", true, "old")]
    [InlineData("""{"label":["l"]}""", true, "run,old,new")]
    [InlineData("""{"label":["l=y"]}""", true, "old")]
    [InlineData("""{"label":["l","m"]}""", true, "old")]
    [InlineData("""{"label!":["l=y"]}""", true, "run,new")]
    [InlineData("""{"before":["old"]}""", false, "run")]
    [InlineData("""{"since":["run"]}""", false, "old,new")]
    [InlineData("""{"since":["run"],"before":["new"]}""", false, "old")]
    [InlineData("""{"network":["web"]}""", true, "run")]
    [InlineData("""{"network":["n1"]}""", true, "run")]
    [InlineData("""{"volume":["vol"]}""", true, "old")]
    [InlineData("""{"volume":["/data"]}""", true, "old")]
    [InlineData("""{"publish":["80"]}""", true, "run")]
    [InlineData("""{"publish":["70-90/tcp"]}""", true, "run")]
    [InlineData("""{"publish":["80/udp"]}""", true, "")]
    [InlineData("""{"expose":["53/udp"]}""", true, "old")]
    [InlineData("""{"health":["healthy"]}""", true, "run")]
    [InlineData("""{"health":["none"]}""", true, "old,new")]
    [InlineData("""{"is-task":["true"]}""", true, "")]
    [InlineData("""{"is-task":["false"]}""", false, "run")]
    [InlineData("""{"ancestor":["nosuch"]}""", true, "")]
    public async Task A_filter_shows_what_it_names(string filters, bool all, string expected)
    {
        Fill();

        ContainerListFilter filter = await CreateAsync(filters, all);

        string shown = string.Join(',', _table.All.OrderBy(c => c.Spec.Created).Where(c => filter.Includes(c.Spec, c.State)).Select(c => c.Name));
        Assert.Equal(expected, shown);
    }

    [Theory]
    [InlineData("""{"foo":["x"]}""", "invalid filter 'foo'")]
    [InlineData("""{"status":["up"]}""", "invalid filter 'status=up'")]
    [InlineData("""{"health":["fine"]}""", "invalid filter 'health=fine'")]
    [InlineData("""{"exited":["x"]}""", "invalid filter 'exited=[x]'")]
    [InlineData("""{"before":["nosuch"]}""", "No such container: nosuch")]
    [InlineData("""{"publish":["90-80"]}""", "error while looking up for publish 90-80: invalid port range")]
    public async Task What_is_no_filter_is_refused(string filters, string sentence) =>
        Assert.Equal(sentence, (await Assert.ThrowsAsync<EngineException>(() => CreateAsync(filters, all: true))).Message);

    private Task<ContainerListFilter> CreateAsync(string filters, bool all) => ContainerListFilter.CreateAsync(
        Filters.Parse(filters), all, _table, (_, _) => Task.FromResult<Engine.Images.ResolvedImage?>(null), CancellationToken.None);

    private void Fill()
    {
        ContainerSpec run = Specs.Make("aa", "run");
        Add(
            run with
            {
                Networks = new Dictionary<string, EndpointSettings> { ["web"] = new() },
                HostConfig = new HostConfig { PortBindings = new Dictionary<string, IReadOnlyList<PortBinding>?> { ["80/tcp"] = [] } },
            },
            new ContainerRunState
            {
                Status = ContainerStatus.Running,
                StartedAt = run.Created,
                Health = new Health { Status = "healthy" },
                Sandbox = new Sandbox
                {
                    ContainerId = run.Id,
                    Request = SandboxRequests.Of(run),
                    Endpoints = new Dictionary<string, EndpointSettings> { ["web"] = new() { NetworkID = "n123" } },
                },
            });
        ContainerSpec old = Specs.Make("bb", "old");
        Add(
            old with
            {
                Created = old.Created.AddSeconds(1),
                Config = new ContainerConfig
                {
                    Labels = new Dictionary<string, string> { ["l"] = "y", ["m"] = "" },
                    ExposedPorts = new Dictionary<string, EmptyObject> { ["53/udp"] = new() },
                },
                Mounts = [new ContainerMount { Type = "volume", VolumeName = "vol", Destination = "/data" }],
            },
            new ContainerRunState { Status = ContainerStatus.Exited, ExitCode = 3, StartedAt = old.Created, FinishedAt = old.Created });
        ContainerSpec young = Specs.Make("cc", "new");
        Add(young with { Created = young.Created.AddSeconds(2) }, new ContainerRunState());
    }

    private void Add(ContainerSpec spec, ContainerRunState state)
    {
        _table.ReserveName(spec.Name, spec.Id);
        _table.Add(new Container(spec, state, new KeyedLock()));
    }
}
