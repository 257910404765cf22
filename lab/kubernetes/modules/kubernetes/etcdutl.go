package main

import (
	"os"

	"github.com/spf13/cobra"
	commands "go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"go.etcd.io/etcd/pkg/v3/cobrautl"
)

// etcdutl puts its command line together here: upstream does that in its own main package.
func etcdutl() {
	root := &cobra.Command{Use: "etcdutl", Short: "Works on etcd's files without a server"}
	root.PersistentFlags().StringVarP(&commands.OutputFormat, "write-out", "w", "simple", "fields, json, protobuf, simple or table")
	root.AddCommand(
		commands.NewDefragCommand(),
		commands.NewHashKVCommand(),
		commands.NewMigrateCommand(),
		commands.NewSnapshotCommand(),
		commands.NewVersionCommand(),
	)
	if err := root.Execute(); err != nil {
		cobrautl.ExitWithError(cobrautl.ExitError, err)
	}
	os.Exit(0)
}
