load helpers
setup() { setup_machine; make_archives; }
@test "all" {
    flash
    echo "$output" >&3; cat $FAKE/calls | grep -v "^\(stat\|id\|df\)" >&3; d=$(latest); ls $d >&3; cat $d/summary.json $d/log.txt $d/write.log $d/user.log >&3; cat $FOLDER/r36/Linux_for_Tegra/rootfs/etc/fstab >&3; cat $FAKE/layout-used >&3; cat $FOLDER/units.tsv >&3
    find $FOLDER/r36/Linux_for_Tegra/rootfs/ >&3
}
