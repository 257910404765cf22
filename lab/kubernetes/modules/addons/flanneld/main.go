// flanneld with one backend, VXLAN, and one source of subnets, the nodes of Kubernetes. Upstream's main has all
// backends, among them one whose cloud library isn't to be had everywhere. Flags and their defaults are upstream's,
// and so is the order of the steps.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	"github.com/flannel-io/flannel/pkg/ip"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
	"github.com/flannel-io/flannel/pkg/trafficmngr"
	"github.com/flannel-io/flannel/pkg/trafficmngr/iptables"
	"github.com/flannel-io/flannel/pkg/trafficmngr/nftables"
	"github.com/flannel-io/flannel/pkg/version"
	"k8s.io/klog/v2"
)

var (
	kubeSubnetMgr = flag.Bool("kube-subnet-mgr", false, "take subnets from the nodes of Kubernetes; has to be given")
	kubeconfig    = flag.String("kubeconfig-file", "", "kubeconfig; a pod needs none")
	netConfPath   = flag.String("net-config-path", "/etc/kube-flannel/net-conf.json", "file with the network's configuration")
	subnetFile    = flag.String("subnet-file", "/run/flannel/subnet.env", "file for the CNI plugin, written when the network is up")
	iface         = flag.String("iface", "", "interface between the hosts, its name or its address; default: that of the default route")
	publicIP      = flag.String("public-ip", "", "address at which other nodes reach this one; default: that of the interface")
	ipMasq        = flag.Bool("ip-masq", false, "masquerade what leaves the pod network")
	forwardRules  = flag.Bool("iptables-forward-rules", true, "accept the pod network's traffic in FORWARD")
	resyncSeconds = flag.Int("iptables-resync", 5, "seconds between two looks at the firewall rules")
	healthzIP     = flag.String("healthz-ip", "0.0.0.0", "address of /healthz")
	healthzPort   = flag.Int("healthz-port", 0, "port of /healthz; 0: none")
	showVersion   = flag.Bool("version", false, "print the version")
)

// annotations is the prefix of the annotations with which the nodes tell each other their VXLAN addresses.
const annotations = "flannel.alpha.coreos.com"

func main() {
	klog.InitFlags(nil)
	flag.Parse()
	if *showVersion {
		fmt.Println(version.Version)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil && ctx.Err() == nil {
		klog.Error(err)
		klog.Flush()
		os.Exit(1)
	}
}

// run brings the network up and keeps it until the context ends.
func run(ctx context.Context) error {
	if !*kubeSubnetMgr {
		return errors.New("this flanneld knows no etcd: give --kube-subnet-mgr")
	}
	manager, err := kube.NewSubnetManager(ctx, "", *kubeconfig, annotations, *netConfPath, true)
	if err != nil {
		return fmt.Errorf("subnets of the nodes: %w", err)
	}
	serveHealth(ctx)

	config, err := manager.GetNetworkConfig(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", *netConfPath, err)
	}
	if !config.EnableNFTables {
		if _, err := os.Stat("/proc/sys/net/bridge/bridge-nf-call-iptables"); err != nil {
			return fmt.Errorf("kernel module br_netfilter: %w", err)
		}
	}
	external, err := externalInterface(ctx, manager, config)
	if err != nil {
		return fmt.Errorf("interface between the hosts: %w", err)
	}
	be, err := backend.NewManager(ctx, manager, external).GetBackend(config.BackendType)
	if err != nil {
		return fmt.Errorf("backend %s (this flanneld has vxlan only): %w", config.BackendType, err)
	}

	var work sync.WaitGroup
	network, err := be.RegisterNetwork(ctx, &work, config)
	if err != nil {
		return fmt.Errorf("network: %w", err)
	}
	if err := filterTraffic(ctx, config, network); err != nil {
		return fmt.Errorf("firewall: %w", err)
	}
	lease := network.Lease()
	if err := manager.HandleSubnetFile(*subnetFile, config, *ipMasq, lease.Subnet, lease.IPv6Subnet, network.MTU()); err != nil {
		return fmt.Errorf("%s: %w", *subnetFile, err)
	}
	work.Add(1)
	go func() {
		defer work.Done()
		network.Run(ctx)
	}()
	klog.Infof("subnet %s, MTU %d", lease.Subnet, network.MTU())
	if err := manager.CompleteLease(ctx, lease, &work); err != nil {
		return fmt.Errorf("lease of the subnet: %w", err)
	}
	work.Wait() // all the work ends with the context
	return nil
}

// externalInterface finds the interface that carries the packets between nodes.
func externalInterface(ctx context.Context, manager subnet.Manager, config *subnet.Config) (*backend.ExternalInterface, error) {
	stack, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return nil, err
	}
	wanted := ipmatch.PublicIPOpts{PublicIP: *publicIP}
	if stored, _ := manager.GetStoredPublicIP(ctx); stored != "" { // the node's annotation says otherwise
		wanted.PublicIP = stored
	}
	name := *iface
	if name == "" {
		name = wanted.PublicIP
	}
	return ipmatch.LookupExtIface(name, "", "", stack, wanted)
}

// filterTraffic sets up the rules for the pod network with the configured tool, and removes those of the other.
func filterTraffic(ctx context.Context, config *subnet.Config, network backend.Network) error {
	var used, unused trafficmngr.TrafficManager = &iptables.IPTablesManager{}, &nftables.NFTablesManager{}
	if config.EnableNFTables {
		used, unused = unused, used
	}
	if err := unused.CleanUp(ctx); err != nil {
		return err
	}
	if err := used.Init(ctx); err != nil {
		return err
	}
	if *ipMasq {
		before := readSubnetFile(*subnetFile)
		err := used.SetupAndEnsureMasqRules(ctx,
			config.Network, before.subnet, before.network,
			config.IPv6Network, ip.IP6Net{}, ip.IP6Net{},
			network.Lease(), *resyncSeconds, false)
		if err != nil {
			return err
		}
	}
	if *forwardRules {
		used.SetupAndEnsureForwardRules(ctx, config.Network, config.IPv6Network, *resyncSeconds)
	}
	return nil
}

// serveHealth answers /healthz as long as the process lives.
func serveHealth(ctx context.Context) {
	if *healthzPort == 0 {
		return
	}
	http.HandleFunc("/healthz", func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(http.StatusOK) })
	server := &http.Server{Addr: net.JoinHostPort(*healthzIP, strconv.Itoa(*healthzPort)), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.ListenAndServe(); ctx.Err() == nil {
			klog.Fatalf("/healthz: %v", err)
		}
	}()
}
