using System.Text.Json;
using Berth.Api.Containers;
using Berth.Api.Events;
using Berth.Api.Images;
using Berth.Api.Networks;
using Berth.Api.Volumes;

namespace Berth.Api.Tests;

public sealed class ApiJsonTests
{
    [Fact]
    public void What_a_document_leaves_out_has_its_zero_value()
    {
        ContainerCreateRequest request = Read("{}");

        Assert.Equal("", request.Image);
        Assert.Equal("", request.WorkingDir);
        Assert.False(request.Tty);
        Assert.Null(request.Cmd);
        Assert.Null(request.HostConfig);
    }

    [Fact]
    public void Null_is_the_zero_value_too_as_go_has_it()
    {
        ContainerCreateRequest request = Read("""
            {"Image":null,"Tty":null,"Cmd":null,"Env":null,"StopTimeout":null,
             "HostConfig":{"Memory":null,"NetworkMode":null,"Privileged":null,"MemorySwappiness":null,"RestartPolicy":{"Name":null,"MaximumRetryCount":null}}}
            """);

        Assert.Equal("", request.Image);
        Assert.False(request.Tty);
        Assert.Null(request.StopTimeout);
        Assert.Equal(0, request.HostConfig?.Memory);
        Assert.Equal("", request.HostConfig?.NetworkMode);
        Assert.Null(request.HostConfig?.MemorySwappiness);
        Assert.Equal(new RestartPolicy(), request.HostConfig?.RestartPolicy);
    }

    [Theory]
    [InlineData("\"sh\"", new[] { "sh" })]
    [InlineData("\"\"", new[] { "" })]
    [InlineData("[\"sh\",\"-c\",\"ls\"]", new[] { "sh", "-c", "ls" })]
    [InlineData("[\"sh\",null]", new[] { "sh", "" })]
    [InlineData("[]", new string[0])]
    public void A_command_is_a_string_or_a_list(string json, string[] expected)
    {
        ContainerCreateRequest request = Read($$$"""{"Cmd":{{{json}}},"Entrypoint":{{{json}}},"Shell":{{{json}}},"HostConfig":{"CapAdd":{{{json}}},"CapDrop":{{{json}}} }}""");

        Assert.Equal(expected, request.Cmd);
        Assert.Equal(expected, request.Entrypoint);
        Assert.Equal(expected, request.Shell);
        Assert.Equal(expected, request.HostConfig?.CapAdd);
        Assert.Equal(expected, request.HostConfig?.CapDrop);
    }

    [Theory]
    [InlineData("{\"Cmd\":5}")]
    [InlineData("{\"Cmd\":[5]}")]
    [InlineData("{\"Cmd\":{}}")]
    [InlineData("{\"Tty\":\"true\"}")]
    [InlineData("{\"Image\":5}")]
    [InlineData("{\"HostConfig\":{\"Memory\":\"64m\"}}")]
    [InlineData("{\"HostConfig\":{\"Memory\":1.5}}")]
    public void What_go_refuses_is_refused(string json) => Assert.Throws<JsonException>(() => Read(json));

    [Fact]
    public void Names_are_read_in_any_case_and_unknown_ones_left_aside()
    {
        ContainerCreateRequest request = Read("""{"image":"a","HOSTCONFIG":{"memory":5,"KernelMemoryTCP":0},"Unknown":{"deep":[1]}}""");

        Assert.Equal("a", request.Image);
        Assert.Equal(5, request.HostConfig?.Memory);
    }

    [Fact]
    public void Answers_escape_no_more_than_they_must() =>
        Assert.Equal("{\"message\":\"<a> & 'b' \\\"c\\\" ü\"}", Write(new ErrorResponse { Message = "<a> & 'b' \"c\" ü" }));

    [Fact]
    public void Mounts_say_only_what_was_set() =>
        Assert.Equal(
            """{"Target":"/data","Source":"v","Type":"volume","VolumeOptions":{}}""",
            JsonSerializer.Serialize(new Mount { Type = "volume", Source = "v", Target = "/data", VolumeOptions = new MountVolumeOptions() }, ApiJson.Wire.Mount));

    [Fact]
    public void A_mount_reads_back_as_it_was_written()
    {
        var mount = new Mount
        {
            Type = "bind",
            Source = "/a",
            Target = "/b",
            ReadOnly = true,
            BindOptions = new MountBindOptions { Propagation = "rslave", NonRecursive = true },
        };

        string json = JsonSerializer.Serialize(mount, ApiJson.Wire.Mount);

        Assert.Equal(mount, JsonSerializer.Deserialize(json, ApiJson.Default.Mount));
        Assert.Contains("\"BindOptions\":{\"Propagation\":\"rslave\",\"NonRecursive\":true}", json, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_has_the_old_fields_first_where_it_has_them()
    {
        var message = new EventMessage
        {
            Type = "container",
            Action = "start",
            Actor = new EventActor { ID = "abc", Attributes = new Dictionary<string, string> { ["image"] = "busybox" } },
            Scope = "local",
            Time = 1,
            TimeNano = 1_000_000_000,
        };

        Assert.Equal(
            """{"Type":"container","Action":"start","Actor":{"ID":"abc","Attributes":{"image":"busybox"}},"scope":"local","time":1,"timeNano":1000000000}""",
            JsonSerializer.Serialize(message, ApiJson.Wire.EventMessage));
        Assert.StartsWith(
            """{"status":"start","id":"abc","from":"busybox","Type":"container",""",
            JsonSerializer.Serialize(message with { Status = "start", Id = "abc", From = "busybox" }, ApiJson.Wire.EventMessage),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_that_are_none_are_null_as_in_dockerds_answers()
    {
        Assert.Equal("""{"Volumes":null,"Warnings":null}""", JsonSerializer.Serialize(new VolumeListResponse(), ApiJson.Wire.VolumeListResponse));
        Assert.Equal("""{"Id":"abc","Warnings":[]}""", JsonSerializer.Serialize(
            new ContainerCreateResponse { Id = "abc", Warnings = [] }, ApiJson.Wire.ContainerCreateResponse));
        Assert.Contains("\"Aliases\":null", JsonSerializer.Serialize(new EndpointSettings(), ApiJson.Wire.EndpointSettings), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_the_wire_that_are_not_the_properties_own_are_kept()
    {
        Assert.Equal("""{"Container":"c","Force":true}""", JsonSerializer.Serialize(
            new NetworkDisconnectRequest { Container = "c", Force = true }, ApiJson.Wire.NetworkDisconnectRequest));
        AuthConfig? auth = JsonSerializer.Deserialize(
            """{"username":"u","password":"p","serveraddress":"s","identitytoken":"i","registrytoken":"r","email":"e"}""", ApiJson.Default.AuthConfig);
        Assert.Equal(new AuthConfig { Username = "u", Password = "p", Serveraddress = "s", IdentityToken = "i", RegistryToken = "r" }, auth);
    }

    private static ContainerCreateRequest Read(string json) => JsonSerializer.Deserialize(json, ApiJson.Default.ContainerCreateRequest)!;

    private static string Write(ErrorResponse response) => JsonSerializer.Serialize(response, ApiJson.Wire.ErrorResponse);
}
