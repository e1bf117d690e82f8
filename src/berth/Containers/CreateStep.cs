using Berth.Api.Containers;
using Berth.Cli.Images;
using Berth.Client;

namespace Berth.Cli.Containers;

/// <summary>Makes the container, and pulls its image first where that is missing; shared by run and create.</summary>
internal sealed class CreateStep
{
    private readonly Flag<string> _pull;
    private readonly Flag<bool> _quiet;

    public CreateStep(FlagSet flags, string pullUsage)
    {
        _pull = flags.Text("pull", null, pullUsage, "missing");
        _quiet = flags.Switch("quiet", 'q', "Suppress the pull output");
    }

    /// <returns>The new container's id.</returns>
    /// <exception cref="CommandException">It could not be made.</exception>
    public string Create(CliContext context, ContainerCreateRequest request, ContainerFlags flags)
    {
        if (_pull.Value is not ("always" or "missing" or "never" or ""))
        {
            throw new CommandException($"invalid pull option: '{_pull.Value}': must be one of \"always\", \"missing\" or \"never\"");
        }

        using CidFile? cidFile = flags.CidFile.Value.Length == 0 ? null : new CidFile(flags.CidFile.Value);
        request = request with { Env = ProxyVariables.AddTo(request.Env, context.Config.ProxiesFor(context.Client.Host.ToString())) };
        ImageName? image = ImageName.TryParse(request.Image, out ImageName? parsed) ? parsed!.WithDefaultTag() : null; // parsed on true
        var options = new CreateOptions { Name = flags.Name.Value, Platform = flags.Platform.Value };
        if (_pull.Value == "always" && image is not null)
        {
            Pull(context, image, options.Platform);
        }

        ContainerCreateResponse created = CreateOrPull(context, request, image, options);
        cidFile?.Write(created.Id);
        foreach (string warning in created.Warnings ?? [])
        {
            context.Error.WriteLine($"WARNING: {warning}");
        }

        return created.Id;
    }

    private ContainerCreateResponse CreateOrPull(CliContext context, ContainerCreateRequest request, ImageName? image, CreateOptions options)
    {
        try
        {
            return context.Client.CreateContainer(request, options);
        }
        catch (ApiException e) when (e.IsNotFound && image is not null && _pull.Value is "missing" or "")
        {
            if (!_quiet.Value)
            {
                context.Error.WriteLine($"Unable to find image '{image!.Familiar}' locally"); // looked at in the filter
            }

            Pull(context, image!, options.Platform);
            return context.Client.CreateContainer(request, options);
        }
    }

    private void Pull(CliContext context, ImageName image, string? platform)
    {
        context.Error.Flush();
        PullProgress.Show(PullCommand.Begin(context, image, platform), _quiet.Value ? null : context.Error);
    }
}
