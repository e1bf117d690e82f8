namespace Berth.Api.Daemon;

public sealed record GenericResources
{

}
