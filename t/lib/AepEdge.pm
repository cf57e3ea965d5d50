package AepEdge;

# The stand-in for Adobe's Edge Network (t/edge) for a test file. Ends with the test.
#
#     use AepEdge;
#     my $edge = AepEdge->start;                  # blocks then use $TEST_NGINX_EDGE_PORT
#     $edge->mode({ action => 'interact', status => 503 });
#     my $requests = $edge->requests(at_least => 1);

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use HTTP::Tiny ();
use JSON::PP ();

my $server = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../edge/server.mjs');
my %owner_of;    # processes that we started, and which process of the test did: children of it must not end them
my %output_of;   # what they print; closing it waits for their end, so it stays open until END

# Starts a stand-in. Options are those of t/edge/server.mjs: start(datastreams => $id).
sub start {
    my ($class, %options) = @_;
    my @arguments = map { ("--$_" => $options{$_}) } sort keys %options;
    my $pid = open my $out, '-|', 'node', $server, '--http', 0, @arguments
        or die "node does not start: $!";
    $owner_of{$pid}  = $$;
    $output_of{$pid} = $out;

    my $line = <$out> // die "the Edge stand-in does not start\n";
    my $ports = JSON::PP::decode_json($line);
    $ENV{TEST_NGINX_EDGE_PORT} = $ports->{http};
    $ENV{TEST_NGINX_EDGE_TLS_PORT} = $ports->{https} if $ports->{https};
    return bless {
        pid      => $pid,
        port     => $ports->{http},
        tls_port => $ports->{https},
        client   => HTTP::Tiny->new(timeout => 70)
    }, $class;
}

sub port { return $_[0]{port} }

sub tls_port { return $_[0]{tls_port} }

sub url { return "http://127.0.0.1:$_[0]{port}" }

# What arrived, oldest first. Options filter: requests(action => 'interact', at_least => 1) waits for one, and with a
# `timeout` no longer than so many milliseconds.
sub requests { my ($self, %filter) = @_; return $self->_control('GET', 'requests', { timeout => 60000, %filter }) }

sub events { my ($self, %filter) = @_; return $self->_control('GET', 'events', { timeout => 60000, %filter }) }

# How to answer from now on; add_mode keeps earlier modes.
sub mode { my ($self, $mode) = @_; return $self->_control('PUT', 'mode', {}, $mode) }

sub add_mode { my ($self, $mode) = @_; return $self->_control('POST', 'mode', {}, $mode) }

# Lets out the answers that a mode with `hold` has kept back until now.
sub release { my $self = shift; $self->_control('POST', 'release', {}); return }

# Takes none of the tokens any more that it has given out until now.
sub revoke_tokens { my $self = shift; $self->_control('DELETE', 'tokens', {}); return }

# Answers as usual again. What arrived is not forgotten: an event that comes just now would be, too.
sub recover { my $self = shift; $self->_control('DELETE', 'mode', {}); return $self->release }

# Forgets what arrived, and answers as usual again.
sub clear {
    my $self = shift;
    $self->_control('DELETE', 'requests', {});    # first: what comes when Edge works again is to be seen
    return $self->recover;
}

sub _control {
    my ($self, $method, $path, $query, $content) = @_;
    my $url = "http://127.0.0.1:$self->{port}/_stand-in/$path?" . $self->{client}->www_form_urlencode($query);
    my $answer = $self->{client}->request($method, $url,
        defined $content ? { content => JSON::PP::encode_json($content) } : {});
    die "the Edge stand-in says $answer->{status}: $answer->{content}\n" unless $answer->{success};
    return JSON::PP::decode_json($answer->{content});
}

sub stop {
    my $self = shift;
    _end($self->{pid});
    return;
}

sub _end {
    my $pid = shift;
    return unless ($owner_of{$pid} // 0) == $$;
    delete $owner_of{$pid};
    local $?;
    kill TERM => $pid;
    waitpid $pid, 0;
    return;
}

END { _end($_) for keys %owner_of }

1;
