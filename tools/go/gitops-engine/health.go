package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/gitops-engine/pkg/health"
)

const scriptPrefix = "resource.customizations.health."

// Health scripts by GROUP_KIND, as argocd-cm names them.
type scripts map[string]string

func readScripts(path string) (scripts, error) {
	found := scripts{}
	if path == "" {
		return found, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var config corev1.ConfigMap
	if err := yaml.Unmarshal(data, &config); err != nil {
		return nil, err
	}
	for key, script := range config.Data {
		if strings.HasPrefix(key, scriptPrefix) {
			found[strings.TrimPrefix(key, scriptPrefix)] = script
		}
	}
	return found, nil
}

// Lua's form of what JSON can say.
func toLua(state *lua.LState, value interface{}) lua.LValue {
	switch v := value.(type) {
	case bool:
		return lua.LBool(v)
	case float64:
		return lua.LNumber(v)
	case int64:
		return lua.LNumber(v)
	case string:
		return lua.LString(v)
	case []interface{}:
		table := state.CreateTable(len(v), 0)
		for _, item := range v {
			table.Append(toLua(state, item))
		}
		return table
	case map[string]interface{}:
		table := state.CreateTable(0, len(v))
		for key, item := range v {
			table.RawSetString(key, toLua(state, item))
		}
		return table
	}
	return lua.LNil
}

// GetResourceHealth runs the script of the object's kind, in a machine with the libraries that Argo CD opens by default.
func (s scripts) GetResourceHealth(object *unstructured.Unstructured) (*health.HealthStatus, error) {
	gvk := object.GroupVersionKind()
	script, known := s[gvk.Group+"_"+gvk.Kind]
	if !known {
		return nil, nil
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable, lua.StringLibName: lua.OpenString} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), NRet: 0, Protect: true}, lua.LString(name)); err != nil {
			return nil, err
		}
	}
	// Numbers become those of JSON, as in Argo CD.
	data, err := json.Marshal(object.Object)
	if err != nil {
		return nil, err
	}
	var plain interface{}
	if err := json.Unmarshal(data, &plain); err != nil {
		return nil, err
	}
	state.SetGlobal("obj", toLua(state, plain))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	result, isTable := state.Get(-1).(*lua.LTable)
	if !isTable {
		return nil, fmt.Errorf("the script of %s gives no table", gvk.Kind)
	}
	text := func(key string) string {
		value, _ := result.RawGetString(key).(lua.LString)
		return string(value)
	}
	return &health.HealthStatus{Status: health.HealthStatusCode(text("status")), Message: text("message")}, nil
}
