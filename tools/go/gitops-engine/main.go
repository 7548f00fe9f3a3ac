// Runs Argo CD's gitops-engine the way Argo CD does: one process that watches the cluster, pruning, and a new look
// at the cluster where a wave waits for what was not there before. Health scripts run in the Lua machine that Argo CD uses.
//
//	gitops-engine --kubeconfig FILE --namespace NAME [--health CONFIGMAP]
//
// In: one command per line, "sync MANIFESTS" or "health OBJECT" with the path of a file. Out: one line of JSON for each.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/argoproj/gitops-engine/pkg/cache"
	"github.com/argoproj/gitops-engine/pkg/engine"
	"github.com/argoproj/gitops-engine/pkg/sync"
	"github.com/argoproj/gitops-engine/pkg/sync/common"
	"github.com/argoproj/gitops-engine/pkg/utils/kube"
)

const (
	version = "0.7.3"
	// Argo CD's annotation, in its form.
	trackingAnnotation = "argocd.argoproj.io/tracking-id"
	// Argo CD compares anew when something has changed, and not before.
	lookAgainAfter = 10 * time.Second
	giveUpAfter    = 4 * time.Minute
)

type answer struct {
	Done    bool              `json:"done"`
	Looks   int               `json:"looks,omitempty"`
	Results map[string]string `json:"results,omitempty"`
	Error   string            `json:"error,omitempty"`
	Status  string            `json:"status,omitempty"`
	Message string            `json:"message,omitempty"`
}

type isOurs bool

func trackingID(un *unstructured.Unstructured) string {
	gvk := un.GroupVersionKind()
	return fmt.Sprintf("bellwether:%s/%s:%s/%s", gvk.Group, gvk.Kind, un.GetNamespace(), un.GetName())
}

func readObjects(path string) ([]*unstructured.Unstructured, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return kube.SplitYAML(data)
}

func newCache(config *rest.Config) cache.ClusterCache {
	return cache.NewClusterCache(config,
		cache.SetLogr(logr.Discard()),
		cache.SetPopulateResourceInfoHandler(func(un *unstructured.Unstructured, isRoot bool) (interface{}, bool) {
			_, ours := un.GetAnnotations()[trackingAnnotation]
			return isOurs(ours), ours
		}))
}

func synchronise(e engine.GitOpsEngine, path, namespace string, health scripts) answer {
	target, err := readObjects(path)
	if err != nil {
		return answer{Error: err.Error()}
	}
	for _, un := range target {
		annotations := un.GetAnnotations()
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[trackingAnnotation] = trackingID(un)
		un.SetAnnotations(annotations)
	}
	// Argo CD reads this option of single objects; this release of the library knows it for all alone, where it does nothing to what can be changed.
	force := false
	for _, un := range target {
		force = force || strings.Contains(un.GetAnnotations()["argocd.argoproj.io/sync-options"], "Force=true")
	}
	managed := func(r *cache.Resource) bool { return bool(r.Info.(isOurs)) }
	end := time.Now().Add(giveUpAfter)
	for looks := 1; ; looks++ {
		ctx, cancel := context.WithTimeout(context.Background(), lookAgainAfter)
		// Client-side apply: in its own server-side apply this release of the library forgets to name a field manager.
		results, err := e.Sync(ctx, target, managed, "revision", namespace,
			sync.WithOperationSettings(false, true, force, false), sync.WithPruneLast(true), sync.WithHealthOverride(health), sync.WithLogr(logr.Discard()))
		cancel()
		if errors.Is(err, context.DeadlineExceeded) && time.Now().Before(end) {
			continue
		}
		said := answer{Done: err == nil, Looks: looks, Results: map[string]string{}}
		for _, result := range results {
			said.Results[result.ResourceKey.String()] = result.Message
			// A synchronisation that failed is not an error of the library.
			if result.Status == common.ResultCodeSyncFailed || result.HookPhase == common.OperationFailed {
				said.Done = false
				said.Error += fmt.Sprintf("%s: %s\n", result.ResourceKey.String(), result.Message)
			}
		}
		if err != nil {
			said.Error += err.Error()
		}
		return said
	}
}

func judge(path string, health scripts) answer {
	objects, err := readObjects(path)
	if err != nil || len(objects) != 1 {
		return answer{Error: fmt.Sprintf("not one object: %v", err)}
	}
	status, err := health.GetResourceHealth(objects[0])
	if err != nil {
		return answer{Error: err.Error()}
	}
	if status == nil {
		return answer{Error: "no script for this kind"}
	}
	return answer{Done: true, Status: string(status.Status), Message: status.Message}
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "of the cluster")
	namespace := flag.String("namespace", "default", "for objects that name none")
	healthFile := flag.String("health", "", "a ConfigMap argocd-cm with health scripts")
	isVersion := flag.Bool("version", false, "says the version of the engine")
	flag.Parse()
	if *isVersion {
		fmt.Println("gitops-engine " + version)
		return
	}
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	health, err := readScripts(*healthFile)
	fail(err)
	var started engine.GitOpsEngine
	in, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for in.Scan() {
		command, path, _ := strings.Cut(in.Text(), " ")
		switch command {
		case "health":
			fail(out.Encode(judge(path, health)))
		case "sync":
			if started == nil {
				config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
				fail(err)
				// The defaults of the library let a list of all kinds wait for ten seconds.
				config.QPS, config.Burst = 500, 1000
				started = engine.NewEngine(config, newCache(config), engine.WithLogr(logr.Discard()))
				// A busy API server may not have its OpenAPI document ready in time.
				for try := 0; try < 5; try++ {
					if _, err = started.Run(); err == nil {
						break
					}
				}
				fail(err)
			}
			fail(out.Encode(synchronise(started, path, *namespace, health)))
		default:
			fail(out.Encode(answer{Error: "not a command: " + command}))
		}
	}
}
