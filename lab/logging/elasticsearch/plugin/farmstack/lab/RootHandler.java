package farmstack.lab;

import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.elasticsearch.Build;
import org.elasticsearch.action.admin.cluster.state.ClusterStateRequest;
import org.elasticsearch.action.admin.cluster.state.ClusterStateResponse;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.index.IndexVersion;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;
import org.elasticsearch.rest.RestUtils;
import org.elasticsearch.rest.action.RestBuilderListener;
import org.elasticsearch.xcontent.XContentBuilder;

/**
 * GET /: name and version. It reads them from the state of the cluster, so it asks for the privilege `monitor`, as the
 * real one does.
 */
final class RootHandler extends BaseRestHandler {
    private final Supplier<DiscoveryNodes> nodes;

    RootHandler(Supplier<DiscoveryNodes> nodes) {
        this.nodes = nodes;
    }

    @Override
    public String getName() {
        return "farmstack_lab_root";
    }

    @Override
    public List<Route> routes() {
        return List.of(new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) throws IOException {
        ClusterStateRequest identity = new ClusterStateRequest(RestUtils.getMasterNodeTimeout(request)).clear();
        identity.local(true);
        return channel -> client.admin().cluster().state(identity, new RestBuilderListener<>(channel) {
            @Override
            public RestResponse buildResponse(ClusterStateResponse found, XContentBuilder json) throws Exception {
                return new RestResponse(RestStatus.OK, describe(found, json));
            }
        });
    }

    private XContentBuilder describe(ClusterStateResponse found, XContentBuilder json) throws IOException {
        Build build = Build.current();
        json.startObject();
        json.field("name", nodes.get().getLocalNode().getName());
        json.field("cluster_name", found.getClusterName().value());
        json.field("cluster_uuid", found.getState().metadata().clusterUUID());
        json.startObject("version");
        json.field("number", build.qualifiedVersion());
        json.field("build_flavor", build.flavor());
        json.field("build_type", build.type().displayName());
        json.field("build_hash", build.hash());
        json.field("build_date", build.date());
        json.field("build_snapshot", build.isSnapshot());
        json.field("lucene_version", IndexVersion.current().luceneVersion().toString());
        json.field("minimum_wire_compatibility_version", build.minWireCompatVersion());
        json.field("minimum_index_compatibility_version", build.minIndexCompatVersion());
        json.endObject();
        json.field("tagline", "You Know, for Search");
        return json.endObject();
    }
}
