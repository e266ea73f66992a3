/// What `systemctl show` of systemd 252 printed, with the properties that the check asks for.
enum SystemdSamples {
    /// `good.service bad.service 'loop*' nonsense.service`; the last one is not there.
    static let named = """
        Result=success
        NRestarts=0
        Id=good.service
        LoadState=loaded
        ActiveState=active
        SubState=running

        Result=exit-code
        NRestarts=0
        Id=bad.service
        LoadState=loaded
        ActiveState=failed
        SubState=failed

        Result=success
        NRestarts=0
        Id=nonsense.service
        LoadState=not-found
        ActiveState=inactive
        SubState=dead

        Result=exit-code
        NRestarts=3
        Id=loop.service
        LoadState=loaded
        ActiveState=activating
        SubState=auto-restart

        """

    /// Some of `*`.
    static let mixed = """
        Id=sys-fs-fuse-connections.mount
        LoadState=loaded
        ActiveState=active
        SubState=mounted

        Id=dev-hugepages.mount
        LoadState=loaded
        ActiveState=active
        SubState=mounted

        NRestarts=0
        Id=systemd-timesyncd.service
        LoadState=loaded
        ActiveState=inactive
        SubState=dead

        Id=-.slice
        LoadState=loaded
        ActiveState=active
        SubState=active
        """
}
