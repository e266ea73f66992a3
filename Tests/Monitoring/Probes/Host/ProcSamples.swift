/// Files of `/proc` as kernels write them, shortened.
enum ProcSamples {
    static let stat = """
        cpu  10132153 290696 3084719 46828483 16683 0 25195 175628 0 0
        cpu0 1393280 32966 572056 13343292 6130 0 17875 23933 0 0
        cpu1 1335672 30000 500000 13000000 5000 0 7320 20000 0 0
        intr 1462898 0 9 0 0 0 0 2 0 1 0 0 0 0 0 0 0
        ctxt 1990473
        btime 1062191376
        processes 2915
        procs_running 3
        procs_blocked 1
        softirq 183433 0 21755 12 39 1137 231 21459 2263
        """

    static let memory = """
        MemTotal:        8000000 kB
        MemFree:         4500000 kB
        MemAvailable:    6000000 kB
        Buffers:          200000 kB
        Cached:          1000000 kB
        SwapCached:            0 kB
        SReclaimable:     250000 kB
        SwapTotal:       2000000 kB
        SwapFree:         500000 kB
        HugePages_Total:       0
        Hugepagesize:       2048 kB
        """

    static let pressure = """
        some avg10=1.48 avg60=0.79 avg300=1.18 total=10500000
        full avg10=0.00 avg60=0.50 avg300=0.00 total=0
        """

    /// With the 14 columns of old kernels, the 18 and 20 of newer ones, and the 7 of a partition in
    /// Linux 2.6.
    static let disks = """
           7       0 loop0 10 0 20 5 0 0 0 0 0 5 5
           8       0 sda 25354637 34367663 1003337964 11000000 28444756 11134226 505697032 63123838 0 8000000 81765492
           8       1 sda1 250 0 2000 36 0 0 0 0 0 36 36
           8       2 sda2 246 2160 0 0
         259       0 nvme0n1 47114 4 4643973 21650 1078320 43950 39451633 1011053 0 222766 1032546 0 0 0 0 0 0
         259       1 nvme0n1p1 1140 0 9370 16 1 0 1 0 0 16 16 0 0 0 0
         252       0 dm-0 59 0 480 4 1 0 1 0 0 4 4
         202      16 xvdb 5 0 40 1 7 0 56 2 0 3 3
           8      16 sdb 0 0 0 0 0 0 0 0 0 0 0
         253       0 zram0 100 0 800 0 1 0 8 0 0 1 1
        """

    static let network = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo: 435303245 1832211    0    0    0     0          0         0 435303245 1832211    0    0    0     0       0          0
          eth0:10437182923 13899359    0   42    0     0          0         0 2851649360 10585061    1    2    0     0       0          0
        eth0:1:68210035552 520993275    0    0    0     0          0         0 9315587528 43451486    0    0    0     0       0          0
         wlan0: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
        vethf345468:     648       8    0    0    0     0          0         0      438       5    0    0    0     0       0          0
        broken: 1 2 3
        """

    /// A bind mount, a disk under another, two subvolumes, a snap, a space in a name, a server.
    static let mounts = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        27 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,discard
        30 25 0:27 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24682416k
        40 27 254:1 /var/lib/thing /var/lib/bound rw,relatime - ext4 /dev/vda1 rw
        41 27 0:40 /@data /data rw,relatime - btrfs /dev/sdb1 rw,subvolid=256
        42 27 0:40 /@snapshots /data/.snapshots rw,relatime - btrfs /dev/sdb1 rw,subvolid=257
        43 27 7:1 / /snap/core/1 ro,nodev - squashfs /dev/loop1 ro
        44 27 8:17 / /home rw,relatime - ext3 /dev/sdc1 rw
        45 27 8:33 / /home rw,relatime shared:2 master:3 - ext4 /dev/sdd1 rw
        46 27 8:49 / /mnt/my\\040disk rw,relatime - xfs /dev/sde1 rw
        47 27 0:50 / /srv/nfs rw,relatime - nfs4 server:/export rw,vers=4.2
        48 27 0:51 / /run/user/1000/gvfs rw - fuse.gvfsd-fuse gvfsd-fuse rw
        49 27 0:52 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw
        """
}
