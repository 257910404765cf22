package main

import (
	"bufio"
	"net"
	"os"
	"strings"

	"github.com/flannel-io/flannel/pkg/ip"
)

// leftBehind is what an earlier run wrote for the CNI plugin; zero where there was none. Rules made for another
// subnet than the present one have to go.
type leftBehind struct{ network, subnet ip.IP4Net }

func readSubnetFile(path string) (found leftBehind) {
	file, err := os.Open(path)
	if err != nil {
		return
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		key, value, _ := strings.Cut(lines.Text(), "=")
		_, cidr, err := net.ParseCIDR(value)
		if err != nil {
			continue
		}
		switch key {
		case "FLANNEL_NETWORK":
			found.network = ip.FromIPNet(cidr)
		case "FLANNEL_SUBNET":
			found.subnet = ip.FromIPNet(cidr)
		}
	}
	return
}
