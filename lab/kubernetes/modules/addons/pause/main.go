// The first process of each pod: it does nothing, holds the pod's namespaces, and takes in what its children leave
// where the pod's processes share a process namespace.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

// version is that of the image which this one stands for, given to the linker.
var version string

func main() {
	if len(os.Args) > 1 && os.Args[1] == "-v" {
		println("pause", version)
		return
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for reaped := 1; reaped > 0; {
			reaped, _ = syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		}
	}
}
