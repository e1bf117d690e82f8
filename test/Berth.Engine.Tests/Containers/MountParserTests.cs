using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public sealed class MountParserTests
{
    [Theory]
    [InlineData("/srv:/data", "bind", "/srv", "/data", true, "rprivate")]
    [InlineData("/srv/./x/:/data//", "bind", "/srv/x", "/data", true, "rprivate")]
    [InlineData("/srv:/data:ro", "bind", "/srv", "/data", false, "rprivate")]
    [InlineData("/srv:/data:rw,z,rslave", "bind", "/srv", "/data", true, "rslave")]
    [InlineData("/srv:/data:ro,shared", "bind", "/srv", "/data", false, "shared")]
    [InlineData("/srv:/data:delegated", "bind", "/srv", "/data", true, "rprivate")]
    public void A_path_is_a_bind(string text, string type, string source, string destination, bool readWrite, string propagation)
    {
        ContainerMount mount = MountParser.ParseBind(text);

        Assert.Equal((type, source, destination, readWrite, propagation), (mount.Type, mount.Source, mount.Destination, mount.ReadWrite, mount.Propagation));
        Assert.True(mount.CreateSource);
        Assert.False(mount.CopyUp);
    }

    [Theory]
    [InlineData("name:/data", "name", true, true)]
    [InlineData("name:/data:ro", "name", false, true)]
    [InlineData("name:/data:nocopy", "name", true, false)]
    [InlineData("/data", null, true, true)]
    public void A_name_is_a_volume(string text, string? name, bool readWrite, bool copyUp)
    {
        ContainerMount mount = MountParser.ParseBind(text);

        Assert.Equal(("volume", name, "/data", readWrite, copyUp), (mount.Type, mount.VolumeName, mount.Destination, mount.ReadWrite, mount.CopyUp));
    }

    [Theory]
    [InlineData("", "invalid volume specification: ''")]
    [InlineData(":/data", "invalid volume specification: ':/data'")]
    [InlineData("/srv:ro", "invalid volume specification: '/srv:ro'")]
    [InlineData("/a:/b:ro:x", "invalid volume specification: '/a:/b:ro:x'")]
    [InlineData("/a:/b:ro,rw", "invalid mode: ro,rw")]
    [InlineData("/a:/b:secret", "invalid mode: secret")]
    [InlineData("/a:/", "invalid volume specification: '/a:/': invalid mount config for type \"bind\": invalid specification: destination can't be '/'")]
    [InlineData("/a:b", "invalid volume specification: '/a:b': invalid mount config for type \"bind\": invalid mount path: 'b' mount path must be absolute")]
    [InlineData("/a:/b:nocopy", "invalid volume specification: '/a:/b:nocopy': invalid mount config for type \"bind\": field VolumeOptions must not be specified")]
    [InlineData("v:/b:rslave", "invalid volume specification: 'v:/b:rslave': invalid mount config for type \"volume\": field BindOptions must not be specified")]
    public void What_is_no_mount_is_refused(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => MountParser.ParseBind(text)).Message);

    public static TheoryData<Mount, string> Refusals => new()
    {
        { new Mount { Type = "bind", Source = "/" }, "invalid mount config for type \"bind\": field Target must not be empty" },
        { new Mount { Type = "bind", Target = "/x" }, "invalid mount config for type \"bind\": field Source must not be empty" },
        { new Mount { Type = "bind", Target = "/x", Source = "relative" }, "invalid mount config for type \"bind\": invalid mount path: 'relative' mount path must be absolute" },
        { new Mount { Type = "bind", Target = "/x", Source = "/no/such/path" }, "invalid mount config for type \"bind\": bind source path does not exist: /no/such/path" },
        { new Mount { Type = "bind", Target = "/x", Source = "/tmp", BindOptions = new MountBindOptions { Propagation = "wild" } }, "invalid mount config for type \"bind\": invalid propagation mode: wild" },
        { new Mount { Type = "volume", Target = "/x", ReadOnly = true }, "invalid mount config for type \"volume\": must not set ReadOnly mode when using anonymous volumes" },
        { new Mount { Type = "volume", Target = "/x", Source = "v", VolumeOptions = new MountVolumeOptions { Subpath = "../up" } }, "invalid mount config for type \"volume\": subpath must be a relative path within the volume" },
        { new Mount { Type = "volume", Target = "/x", Source = "v", VolumeOptions = new MountVolumeOptions { Subpath = "/abs" } }, "invalid mount config for type \"volume\": subpath must be a relative path within the volume" },
        { new Mount { Type = "tmpfs", Target = "/x", Source = "y" }, "invalid mount config for type \"tmpfs\": field Source must not be specified" },
        { new Mount { Type = "tmpfs", Target = "/x", TmpfsOptions = new MountTmpfsOptions { Options = [["suid"]] } }, "invalid mount config for type \"tmpfs\": invalid option: suid" },
        { new Mount { Type = "npipe", Target = "/x", Source = "y" }, "invalid mount config for type \"npipe\": mount type unknown" },
        { new Mount { Type = "cloud", Target = "/x" }, "invalid mount config for type \"cloud\": mount type unknown" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void An_entry_of_Mounts_is_refused_in_Docker_s_sentence(Mount mount, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => MountParser.Parse(mount)).Message);

    [Fact]
    public void A_bind_of_Mounts_may_make_its_source_when_asked_to()
    {
        using var scratch = new ScratchDirectory();

        ContainerMount mount = MountParser.Parse(new Mount
        {
            Type = "bind", Target = "/x", Source = scratch.File("later"), BindOptions = new MountBindOptions { CreateMountpoint = true, NonRecursive = true },
        });

        Assert.True(mount.CreateSource);
        Assert.True(mount.NonRecursive);
        Assert.True(mount.FromMounts);
    }

    [Fact]
    public void A_tmpfs_of_Mounts_has_the_options_of_Docker_s()
    {
        ContainerMount mount = MountParser.Parse(new Mount
        {
            Type = "tmpfs", Target = "/x", TmpfsOptions = new MountTmpfsOptions { SizeBytes = 1 << 20, Mode = 0b111_000_000, Options = [["exec"]] },
        });

        Assert.Equal(["nosuid", "nodev", "rprivate", "mode=700", "size=1048576", "exec"], mount.TmpfsOptions);
    }

    [Theory]
    [InlineData("", new[] { "noexec", "nosuid", "nodev", "rprivate" })]
    [InlineData("exec,size=1m,size=2m", new[] { "nosuid", "nodev", "rprivate", "exec", "size=2m" })]
    [InlineData("rw,noexec,mode=1777,defaults", new[] { "nosuid", "nodev", "rprivate", "rw", "noexec", "mode=1777" })]
    public void Of_two_tmpfs_options_about_one_thing_the_later_counts(string given, string[] merged) => Assert.Equal(merged, TmpfsOptions.Merge(given));

    [Theory]
    [InlineData("colour", "invalid tmpfs option [\"colour\"]")]
    [InlineData("lowerdir=/etc", "invalid tmpfs option [\"lowerdir\" \"/etc\"]")]
    public void A_tmpfs_option_of_another_file_system_is_refused(string given, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => TmpfsOptions.Merge(given)).Message);

    [Theory]
    [InlineData("box", "box", true)]
    [InlineData("box:ro", "box", false)]
    [InlineData("box:rw", "box", true)]
    public void Volumes_from_name_a_container_and_an_access(string text, string container, bool readWrite) =>
        Assert.Equal((container, readWrite), MountParser.ParseVolumesFrom(text));

    [Theory]
    [InlineData("", "volumes-from specification cannot be an empty string")]
    [InlineData("box:rslave", "invalid mode: rslave")]
    [InlineData("box:nocopy", "invalid mode: nocopy")]
    [InlineData("box:x", "invalid mode: x")]
    public void Volumes_from_take_no_other_mode(string text, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => MountParser.ParseVolumesFrom(text)).Message);

    [Theory]
    [InlineData("/", "/")]
    [InlineData("//a/./b/../c/", "/a/c")]
    [InlineData("/../..", "/")]
    [InlineData("a/../..", "..")]
    [InlineData("", ".")]
    public void Paths_are_cleaned_as_Go_does(string path, string clean) => Assert.Equal(clean, ContainerPath.Clean(path));

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("a/../b", true)]
    [InlineData("..", false)]
    [InlineData("a/../../b", false)]
    [InlineData("/a", false)]
    [InlineData("", false)]
    public void A_local_path_stays_where_it_is(string path, bool local) => Assert.Equal(local, ContainerPath.IsLocal(path));
}
