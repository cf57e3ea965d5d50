package AepRabbit;

# RabbitMQ's nodes for a test program, on loopback (t/tools/rabbitmq.sh). They go with the test.
#
#     use AepRabbit;
#     my $rabbit = AepRabbit->start(3);
#     my $server = AepServer->start(edge => $edge->url, main => AepRabbit::load(), http => $rabbit->queue('spool=off'));
#     $rabbit->node(kill => 1);

use strict;
use warnings;

use Cwd ();
use File::Basename ();
use File::Copy ();
use File::Temp ();
use POSIX ();

my $top     = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
my $build   = Cwd::abs_path($ENV{AEP_BUILD} || "$top/build");
my $program = "$top/t/tools/rabbitmq.sh";
my $owner   = $$;
my @started;

# Why nothing of this can be tried here; nothing: it can.
sub missing {
    return "there is no $build/ngx_http_aep_amqp_module.so: make amqp" unless -e "$build/ngx_http_aep_amqp_module.so";
    my $tree = $ENV{RABBITMQ_TREE} || "$top/build/deps/rabbitmq";
    return "there is no RabbitMQ in $tree: make build/deps/rabbitmq" unless -d "$tree/usr";
    return;
}

sub start {
    my ($class, $nodes) = @_;
    my $directory = File::Temp->newdir('aep-rabbit-XXXXXX', TMPDIR => 1);
    # Of the ports that the system gives to nobody by itself; tests may run side by side.
    my $self = bless { directory => $directory, nodes => $nodes, port => 20_000 + 20 * int rand 500 }, $class;
    push @started, $self;
    $self->_run('start', $nodes);
    open my $out, '>', "$directory/credentials" or die "credentials: $!";
    print $out "guest\nguest\n";
    close $out;
    chmod 0600, "$directory/credentials";
    return $self;
}

sub _command {
    my ($self, @words) = @_;
    return "RABBITMQ_DIR=$self->{directory}/nodes RABBITMQ_PORT=$self->{port} $program @words";
}

sub _run {
    my ($self, @words) = @_;
    system($self->_command(@words)) == 0 or die "rabbitmq.sh @words fails\n";
    return;
}

# kill, restart, freeze or thaw, and a number from 1 on.
sub node {
    my ($self, $what, $number) = @_;
    $self->_run($what, $number);
    return;
}

# All of them, after all were killed: the first ones wait for the others.
sub restart_all {
    my $self = shift;
    my @pids = map { my $pid = fork // die "fork: $!"; $pid || POSIX::_exit(system($self->_command(restart => $_)) ? 1 : 0) } 1 .. $self->{nodes};
    for my $pid (@pids) {
        waitpid $pid, 0;
        die "a node of RabbitMQ does not come back\n" if $?;
    }
    return;
}

# What rabbitmqctl prints.
sub ctl { my ($self, @words) = @_; my $command = $self->_command('ctl', @words); return scalar `$command`; }

sub ports {
    my $self = shift;
    my ($ports) = `@{[$self->_command('environment')]}` =~ /^RABBITMQ_PORTS='([\d ]+)'/m;
    return (split / /, $ports)[0 .. $self->{nodes} - 1];
}

# Its nodes show another certificate from now on (t/tools/rabbitmq.sh makes them): expired, or valid.
sub show_certificate {
    my ($self, $name) = @_;
    my $tls = "$self->{directory}/nodes/tls";
    for my $kind (qw(crt key)) {
        File::Copy::copy("$tls/$name.$kind", "$tls/server.$kind") or die "$name.$kind: $!";
    }
    $self->ctl($_, '-q', 'eval', "'ssl:clear_pem_cache().'") for 1 .. $self->{nodes};
    $self->close_connections;
    return;
}

sub close_connections { my $self = shift; $self->ctl(1, qw(-q close_all_connections --global test)); return }

# Lines for nginx.conf.
sub load { return "load_module $build/ngx_http_aep_amqp_module.so;\n" }

sub queue {
    my ($self, @parameters) = @_;
    my $hosts = join ',', map { "127.0.0.1:$_" } $self->ports;
    return "aep_queue amqp://$hosts credentials=$self->{directory}/credentials @parameters;\n";
}

# The same by TLS.
sub queue_by_tls {
    my ($self, @parameters) = @_;
    my ($ports) = `@{[$self->_command('environment')]}` =~ /^RABBITMQ_TLS_PORTS='([\d ]+)'/m;
    my $hosts = join ',', map { "localhost:$_" } (split / /, $ports)[0 .. $self->{nodes} - 1];
    return "aep_queue amqps://$hosts credentials=$self->{directory}/credentials "
        . "trusted_certificate=$self->{directory}/nodes/tls/ca.crt @parameters;\n";
}

# How many messages the queues hold whose names match, acknowledged or not.
sub waiting {
    my ($self, $pattern, $node) = @_;
    my $sum = 0;
    for (split /\n/, $self->ctl($node // 1, '-q', 'list_queues', 'name', 'messages')) {
        $sum += $1 if /$pattern.*\t(\d+)$/;
    }
    return $sum;
}

sub stop { my $self = shift; $self->_run('stop'); @started = grep { $_ != $self } @started; return }

END {
    local $?;
    if ($owner == $$) { $_->_run('stop') for @started }
}

1;
